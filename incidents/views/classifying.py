"""What the incident is: words, severity, status, times, who sees it, which services."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from figures.blast_radius import Node, blast_radius
from incidents import workflow
from incidents.forms.incident_page import (
    DescriptionForm,
    ImpactForm,
    MilestonesForm,
    NowNextForm,
    ReasonForm,
    ServiceImpactForm,
    SeverityForm,
)
from incidents.models import Incident, Service, ServiceImpact, Status
from incidents.permissions import can_set_visibility
from incidents.views.common import attempt, click, done, form_page, load, responders_only, submitted

EDIT_FORMS = {
    "description": (DescriptionForm, "Describe the incident"),
    "now": (NowNextForm, "Now and next"),
    "impact": (ImpactForm, "Impact"),
}


@require_http_methods(["GET", "POST"])
@responders_only
def edit(request: SignedInRequest, reference: str, part: str) -> HttpResponse:
    incident = load(request, reference)
    form_class, title = EDIT_FORMS[part]
    form = form_class(request.POST or None, instance=incident)
    if submitted(request, form) and attempt(
        form, workflow.edit_incident, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(request, incident, form, title=title, submit="Save")


@require_http_methods(["GET", "POST"])
@responders_only
def severity(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = SeverityForm(request.POST or None, incident=incident)
    if submitted(request, form) and attempt(
        form, workflow.change_severity, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(request, incident, form, title="Change severity", submit="Change severity")


@require_http_methods(["GET", "POST"])
@responders_only
def status(request: SignedInRequest, reference: str) -> HttpResponse:
    """Where the incident can go from here; stepping back from mitigated asks why."""
    incident = load(request, reference)
    needs_reason = incident.status == Status.MITIGATED
    form = ReasonForm(request.POST or None, label="Why?", required=needs_reason)
    if submitted(request, form) and attempt(
        form,
        workflow.change_status,
        incident=incident,
        by=request.user,
        status=request.POST.get("status", ""),
        reason=form.cleaned_data["reason"],
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Change status",
        submit="",
        template_part="incidents/_status_choices.html",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def milestones(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = MilestonesForm(request.POST or None, incident=incident)
    if submitted(request, form) and attempt(
        form, workflow.set_milestones, incident=incident, by=request.user, **form.change()
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="When it happened",
        submit="Save times",
        template_part="incidents/_milestones_form.html",
    )


@require_POST
@responders_only
def visibility(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    if not can_set_visibility(request.user, incident):
        raise PermissionDenied("Only the commander or an administrator can change who sees this.")
    return click(
        request,
        incident,
        workflow.change_visibility,
        incident=incident,
        by=request.user,
        is_private=request.POST.get("private") == "yes",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def services(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = ServiceImpactForm(request.POST or None, initial={"service": request.GET.get("service")})
    if submitted(request, form) and attempt(
        form, workflow.set_service_impact, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Affected services",
        submit="Save",
        template_part="incidents/_services_form.html",
        intervals=incident.affected_services.select_related("service").order_by("-started_at"),
    )


@require_safe
def blast_radius_page(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    context = {"incident": incident, "section": "incidents", "figure": blast_radius(_nodes(incident))}
    return render(request, "incidents/blast_radius.html", context)


def _nodes(incident: Incident) -> dict[str, Node]:
    """Every service in use with how this incident has hit it at its worst; three queries."""
    hits: dict[int, list] = {}
    for hit in incident.affected_services.all():
        hits.setdefault(hit.service_id, []).append(hit)
    now, worst = timezone.now(), list(ServiceImpact.values)
    nodes = {}
    for service in Service.objects.in_use().select_related("owner_team").prefetch_related("depends_on"):
        spans = hits.get(service.pk, [])
        nodes[service.slug] = Node(
            slug=service.slug,
            name=service.name,
            team=service.owner_team.name if service.owner_team else "",
            state=max((s.impact for s in spans), key=worst.index, default=""),
            took=sum(((s.ended_at or now) - s.started_at for s in spans), timedelta()) or None,
            needs=[need.slug for need in service.depends_on.all()],
        )
    return nodes
