"""The catalogue's pages: one list, one form and one deletion for each kind of entry."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from incidents.forms import catalogue as forms
from incidents.hooks import followed_services
from incidents.models import ChecklistTemplate, IncidentType, LinkTemplate, Role, Service, Severity
from incidents.workflow.catalogue import (
    define_severity,
    keep_in_catalogue,
    reason_to_keep,
    remove_from_catalogue,
)


@dataclass(frozen=True)
class Kind:
    title: str
    one: str
    words: str
    form: type[forms.CatalogueForm]
    entries: Callable[[], QuerySet]
    verb: Callable = keep_in_catalogue


KINDS = {
    "severities": Kind(
        "Severities",
        "severity",
        "How bad it is, in words anybody can answer at 3 a.m., and what follows from it.",
        forms.SeverityForm,
        lambda: Severity.objects.with_cadences(),
        define_severity,
    ),
    "roles": Kind(
        "Roles",
        "role",
        "The responsibilities that people hold in an incident.",
        forms.RoleForm,
        lambda: Role.objects.all(),
    ),
    "services": Kind(
        "Services",
        "service",
        "What can break, who owns it, and what it needs.",
        forms.ServiceForm,
        lambda: Service.objects.with_neighbours().used_first(),
    ),
    "types": Kind(
        "Incident types",
        "incident type",
        "Categories of incidents. They decide which checklists apply.",
        forms.IncidentTypeForm,
        lambda: IncidentType.objects.all(),
    ),
    "checklists": Kind(
        "Checklists",
        "line",
        "Lines that are added to an incident when it enters a status.",
        forms.ChecklistForm,
        lambda: ChecklistTemplate.objects.in_order(),
    ),
    "links": Kind(
        "Links",
        "link",
        "Bridge, channel and dashboards, made for each incident from its reference.",
        forms.LinkForm,
        lambda: LinkTemplate.objects.select_related("service"),
    ),
}


def _kind(slug: str) -> Kind:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


@require_safe
def catalogue_list(request: SignedInRequest, kind: str) -> HttpResponse:
    """Everybody may read it; what it says binds everybody."""
    shown = _kind(kind)
    context = {
        "kind": shown,
        "slug": kind,
        "entries": shown.entries(),
        "rows": f"settings/catalogue/_{kind}.html",
        "may_edit": request.user.is_administrator,
    }
    if kind == "services":
        context["followed"] = followed_services(request.user)
    return render(request, "settings/catalogue_list.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def catalogue_add(request: SignedInRequest, kind: str) -> HttpResponse:
    shown = _kind(kind)
    form = shown.form(request.POST or None, initial=request.GET.dict())
    if form.is_valid() and form.submit(shown.verb, by=request.user, **form.arguments()):
        messages.success(request, f"{form.outcome} is added.")
        return redirect("catalogue_list", kind)
    return render(request, "settings/catalogue_entry.html", {"kind": shown, "slug": kind, "form": form})


@require_http_methods(["GET", "POST"])
@administrators_only
def catalogue_entry(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    shown = _kind(kind)
    entry = get_object_or_404(shown.entries(), pk=pk)
    name = str(entry)  # binding the form already writes what was typed into the entry
    form = shown.form(request.POST or None, instance=entry, initial=request.GET.dict())
    if form.is_valid() and form.submit(shown.verb, by=request.user, **form.arguments()):
        messages.success(request, f"{form.outcome} is saved.")
        return redirect("catalogue_list", kind)
    context = {"kind": shown, "slug": kind, "form": form, "entry": entry, "name": name}
    return render(request, "settings/catalogue_entry.html", context | {"reason": reason_to_keep(entry)})


@require_POST
@administrators_only
def catalogue_deletion(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    entry = get_object_or_404(_kind(kind).entries(), pk=pk)
    return refused_or(
        request,
        f"{entry} is deleted.",
        "catalogue_list",
        [kind],
        remove_from_catalogue,
        by=request.user,
        entry=entry,
    )
