"""Announcing work, saying how it goes, ending or cancelling it."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from incidents.views.common import attempt
from statuspages import workflow
from statuspages.forms import MaintenanceForm, MaintenanceUpdateForm
from statuspages.models import ScheduledMaintenance
from statuspages.views.common import form_page, load_to_work, saved


@require_http_methods(["GET", "POST"])
def maintenance_new(request: SignedInRequest, slug: str) -> HttpResponse:
    page = load_to_work(request, slug)
    form = MaintenanceForm(
        request.POST or None,
        instance=ScheduledMaintenance(page=page),
        page=page,
        initial={"form_token": uuid4()},
    )
    if form.is_valid() and attempt(form, workflow.schedule_maintenance, by=request.user, **form.arguments()):
        return saved(request, "The maintenance is announced.", "maintenance", slug, form.outcome.pk)
    back = reverse("status_page", args=[slug])
    return form_page(request, "Announce maintenance", "Announce", back, form=form, page=page)


@require_http_methods(["GET", "POST"])
def maintenance(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """How it goes: what was said, and the next word."""
    page = load_to_work(request, slug)
    work = get_object_or_404(page.maintenances.whole(), pk=pk)
    form = MaintenanceUpdateForm(request.POST or None, maintenance=work)
    if form.is_valid() and attempt(
        form, workflow.update_maintenance, by=request.user, maintenance=work, **form.cleaned_data
    ):
        return saved(request, "It is said.", "maintenance", slug, pk)
    context = {"page": page, "work": work, "form": form, "section": "status_pages"}
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
