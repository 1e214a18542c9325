"""Announcing work, saying how it goes, ending or cancelling it."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from incidents.views.common import attempt
from statuspages import workflow
from statuspages.maintenance_forms import (
    MaintenanceForm,
    MaintenanceUpdateForm,
    RepeatingMaintenanceForm,
)
from statuspages.models import ScheduledMaintenance, StatusPage
from statuspages.views.common import form_page, load_to_work, saved


@require_http_methods(["GET", "POST"])
def maintenance_new(request: SignedInRequest, slug: str) -> HttpResponse:
    page = load_to_work(request, slug)
    form = RepeatingMaintenanceForm(
        request.POST or None,
        instance=ScheduledMaintenance(page=page),
        page=page,
        initial={"form_token": uuid4()},
    )
    is_valid = form.is_valid()
    if "preview" not in request.POST and is_valid:
        verb = workflow.schedule_series if form.series else workflow.schedule_maintenance
        if attempt(form, verb, by=request.user, **form.arguments()):
            return saved(request, "The maintenance is announced.", "maintenance", slug, form.outcome.pk)
    back = reverse("status_page", args=[slug])
    return _repeating(request, page, form, "Announce maintenance", "Announce maintenance", back)


def _repeating(
    request: SignedInRequest,
    page: StatusPage,
    form: RepeatingMaintenanceForm,
    title: str,
    submit: str,
    back: str,
) -> HttpResponse:
    """The form, or for htmx only its preview."""
    if "preview" in request.POST:
        form.keep_rule_errors_only()
        if request.htmx:
            return render(request, "statuspages/_windows.html", {"form": form, "page": page})
    template = "statuspages/maintenance_form.html"
    return form_page(request, title, submit, back, template=template, form=form, page=page)


@require_http_methods(["GET", "POST"])
def maintenance(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """How it goes: what was said, and the next word."""
    page = load_to_work(request, slug)
    work = get_object_or_404(page.maintenances.whole(), pk=pk)
    form = MaintenanceUpdateForm(request.POST or None, maintenance=work)
    if form.is_valid():
        values: dict[str, Any] = {"by": request.user, "maintenance": work, "text": form.cleaned_data["text"]}
        if form.cleaned_data["state"] == form.CANCEL_LATER:
            is_done = attempt(form, workflow.cancel_following, **values)
        else:
            is_done = attempt(form, workflow.update_maintenance, state=form.cleaned_data["state"], **values)
        if is_done:
            return saved(request, "The update is posted.", "maintenance", slug, pk)
    context = {"page": page, "work": work, "form": form, "section": "status_pages"}
    if work.series:
        context["others"] = work.series.occurrences.open().exclude(pk=pk).order_by("starts_at")
    return render(request, "statuspages/maintenance.html", context)


@require_http_methods(["GET", "POST"])
def maintenance_window(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Another time, title or choice of components."""
    page = load_to_work(request, slug)
    work = get_object_or_404(page.maintenances, pk=pk)
    initial = {"version": work.version, "components": work.components.all()}
    form = MaintenanceForm(request.POST or None, instance=work, page=page, initial=initial)
    if form.is_valid() and attempt(form, workflow.change_maintenance, by=request.user, **form.arguments()):
        return saved(request, "The change is announced.", "maintenance", slug, pk)
    back = reverse("maintenance", args=[slug, pk])
    return form_page(request, "Change maintenance", "Announce the change", back, form=form, page=page)


@require_http_methods(["GET", "POST"])
def maintenance_series(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Another rule, time or text for this window and all later ones of its series."""
    page = load_to_work(request, slug)
    repeating = page.maintenances.filter(series__isnull=False).select_related("series__page")
    work = get_object_or_404(repeating, pk=pk)
    form = RepeatingMaintenanceForm(
        request.POST or None, instance=work, page=page, series=work.series, initial={"version": work.version}
    )
    is_valid = form.is_valid()
    if "preview" not in request.POST and is_valid:
        verb = workflow.change_following
        if attempt(form, verb, by=request.user, maintenance=work, **form.arguments()):
            return saved(request, "The change is announced.", "maintenance", slug, pk)
    title = "Change this and all later windows"
    return _repeating(
        request, page, form, title, "Announce the change", reverse("maintenance", args=[slug, pk])
    )
