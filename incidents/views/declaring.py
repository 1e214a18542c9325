"""Report, declare, accept, decline, merge."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from incidents import workflow
from incidents.forms.declaring import AcceptForm, DeclareForm, DeclineForm, MergeForm, ReportForm
from incidents.models import Incident, Service, Severity
from incidents.permissions import can_declare
from incidents.views.common import attempt, done, form_page, load, responders_only, submitted


@require_http_methods(["GET", "POST"])
def declare(request: SignedInRequest) -> HttpResponse:
    if not can_declare(request.user):
        return redirect("report")
    form = DeclareForm(request.POST or None, initial=_prefill(request))
    if submitted(request, form) and attempt(form, _declare, form=form, by=request.user):
        return redirect(form.outcome)
    context = {
        "form": form,
        "section": "declare",
        "services": Service.objects.in_use(),
        "now": timezone.now(),
    }
    context["chosen_services"] = set(form["services"].value() or [])
    if (title := form["title"].value()) and "title" not in form.errors:
        context["similar"] = _similar(request, title)
    return render(request, "incidents/declare.html", context)


@require_safe
def similar(request: SignedInRequest) -> HttpResponse:
    """Open and recent incidents like the title being typed."""
    title = request.GET.get("title", "").strip()[:200]
    context = {"similar": _similar(request, title) if len(title) > 3 else []}
    return render(request, "incidents/declare.html#similar_incidents", context)


@require_safe
@responders_only
def suggestion(request: SignedInRequest) -> HttpResponse:
    """The severity that the five answers suggest, once all are given."""
    form = DeclareForm(request.GET)
    form.is_valid()
    return render(request, "incidents/declare.html#suggestion", {"form": form, "answers": form.answers})


@require_http_methods(["GET", "POST"])
def report(request: SignedInRequest) -> HttpResponse:
    form = ReportForm(request.POST or None, initial={"title": request.GET.get("title", "")})
    if submitted(request, form) and attempt(
        form, workflow.report_problem, by=request.user, **form.cleaned_data
    ):
        return redirect(form.outcome)
    return render(request, "incidents/report.html", {"form": form, "section": "report"})


@require_http_methods(["GET", "POST"])
@responders_only
def accept(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    services = [a.service for a in incident.affected_services.running().worst_first()]
    form = AcceptForm(request.POST or None, services=services, initial={"severity": incident.severity_id})
    if submitted(request, form) and attempt(
        form, workflow.accept_report, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=incident.get_absolute_url())
    return form_page(
        request, incident, form, title=f"Declare {incident.reference}", submit="Declare incident"
    )


@require_http_methods(["GET", "POST"])
@responders_only
def decline(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = DeclineForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.decline_report, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=incident.get_absolute_url())
    return form_page(request, incident, form, title=f"Decline {incident.reference}", submit="Decline report")


@require_http_methods(["GET", "POST"])
@responders_only
def merge(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = MergeForm(request.POST or None, user=request.user, incident=incident)
    if submitted(request, form) and attempt(
        form, workflow.merge_incident, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=form.cleaned_data["into"].get_absolute_url())
    return form_page(request, incident, form, title=f"Merge {incident.reference}", submit="Merge incident")


def _declare(*, form: DeclareForm, by: User) -> Incident:
    if not form.answers:
        return workflow.declare_incident(by=by, **form.declaration())
    with transaction.atomic():
        incident = workflow.declare_incident(by=by, **form.declaration())
        if not incident.assessments.exists():
            workflow.assess_impact(
                incident=incident,
                by=by,
                answers=form.answers,
                override_reason=form.cleaned_data["override_reason"],
            )
    return incident


def _prefill(request: SignedInRequest) -> dict:
    """A link may fill the form: title, summary, severity (SEV2), service slugs, and whether it is a drill."""
    initial: dict[str, Any] = {
        name: request.GET[name] for name in ("title", "summary") if name in request.GET
    }
    if slugs := request.GET.getlist("service"):
        initial["services"] = [
            str(pk) for pk in Service.objects.filter(slug__in=slugs).values_list("pk", flat=True)
        ]
    if name := request.GET.get("severity"):
        initial["severity"] = str(
            Severity.objects.filter(name__iexact=name).values_list("pk", flat=True).first() or ""
        )
    if request.GET.get("is_drill") == "on":
        initial["is_drill"] = True
    return initial


def _similar(request: SignedInRequest, title: str) -> list[Incident]:
    return list(Incident.objects.visible_to(request.user).resembling(title).select_related("severity")[:4])
