"""Settings: the formats of retrospectives without an incident."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from incidents.views.common import attempt, submitted
from retros import workflow
from retros.format_forms import FormatForm
from retros.models import RetrospectiveFormat


@require_safe
@administrators_only
def format_list(request: SignedInRequest) -> HttpResponse:
    context = {"formats": RetrospectiveFormat.objects.with_use(), "section": "settings"}
    return render(request, "settings/formats.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def format_new(request: SignedInRequest) -> HttpResponse:
    form = FormatForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.add_format, by=request.user, name=form.cleaned_data["name"], columns=form.columns
    ):
        return redirect("retrospective_formats")
    return _page(request, form, heading="New format")


@require_http_methods(["GET", "POST"])
@administrators_only
def format_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RetrospectiveFormat, pk=pk, is_shipped=False)
    form = FormatForm(request.POST or None, known=found)
    if submitted(request, form) and attempt(
        form,
        workflow.change_format,
        retrospective_format=found,
        by=request.user,
        name=form.cleaned_data["name"],
        columns=form.columns,
    ):
        return redirect("retrospective_formats")
    return _page(request, form, heading=found.name)


@require_POST
@administrators_only
def format_removal(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RetrospectiveFormat, pk=pk)
    return refused_or(
        request,
        "Removed.",
        "retrospective_formats",
        [],
        workflow.remove_format,
        by=request.user,
        retrospective_format=found,
    )


def _page(request: SignedInRequest, form: FormatForm, **more: Any) -> HttpResponse:
    return render(request, "settings/format.html", {"form": form, "section": "settings"} | more)
