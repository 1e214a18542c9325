"""Automations on an incident: what can be run, a run and its answer, confirming and refusing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from automations import workflow
from automations.forms import RefusalForm, RunForm
from automations.models import Automation, AutomationRun, RunState
from automations.of_incident import all_of, runs_of, shown
from automations.permissions import can_run
from automations.workflow.requests import inputs_of
from incidents.models import Incident
from incidents.permissions import can_respond
from incidents.views.common import attempt, click, done, form_page, load, responders_only, submitted


@never_cache
@require_safe
def incident_automations(request: SignedInRequest, reference: str) -> HttpResponse:
    """What can be run, and all runs. Whoever sees the incident sees them; answers are for responders."""
    incident = load(request, reference)
    context = {
        "incident": incident,
        "section": "incidents",
        "found": all_of(request.user, incident),
        "may_write": can_respond(request.user, incident),
    }
    return render(request, "automations/incident.html", context)


@require_http_methods(["GET", "POST"])
@responders_only
def automation_start(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Run one. `reverses` in the address is the run that it undoes, whose inputs are taken over."""
    incident = load(request, reference)
    automation = get_object_or_404(Automation.objects.of_incident(incident), pk=pk)
    if not can_run(request.user, automation, incident):
        raise PermissionDenied(f"You are not one of those who may run “{automation}”.")
    reverses = _reversed(request, incident)
    inputs, was = inputs_of(automation), reverses.values if reverses else {}
    initial = {one.key: was[one.key] for one in inputs if one.allows(was.get(one.key, ""))}
    form = RunForm(request.POST or None, inputs=inputs, initial=initial)
    if submitted(request, form) and attempt(
        form,
        workflow.run_automation,
        incident=incident,
        automation=automation,
        by=request.user,
        inputs=form.chosen(),
        reverses=reverses,
        form_token=form.cleaned_data["form_token"],
    ):
        return done(request, incident, _said(form.outcome), to=_back(request, incident))
    asks = automation.needs_confirmation
    return form_page(
        request,
        incident,
        form,
        title=f"Reverse “{reverses}”" if reverses else f"Run “{automation}”",
        submit="Ask for confirmation" if asks else "Run automation",
        automation=automation,
        template_part="automations/_start.html",
    )


def _reversed(request: SignedInRequest, incident: Incident) -> AutomationRun | None:
    asked = request.GET.get("reverses", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    return get_object_or_404(AutomationRun, pk=int(asked), incident=incident)


def _said(run: AutomationRun) -> str:
    return "Somebody else must confirm it." if run.state == RunState.REQUESTED else "It runs now."


def _back(request: SignedInRequest, incident: Incident) -> str:
    """The page of automations; with JavaScript people stay where they are, and see it there."""
    return "" if request.htmx else reverse("incident_automations", args=[incident.reference])


@never_cache
@require_safe
def automation_run(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """One run: what was sent, who decided, and the answer."""
    incident = load(request, reference)
    run = get_object_or_404(runs_of(incident), pk=pk)
    known = list(Automation.objects.of_incident(incident)) if incident.is_open else []
    context = {
        "incident": incident,
        "section": "incidents",
        "one": shown(request.user, run, incident, known),
        "may_write": can_respond(request.user, incident),
    }
    return render(request, "automations/run.html", context)


def _run(incident: Incident, pk: int) -> AutomationRun:
    return get_object_or_404(AutomationRun.objects.select_related("incident"), pk=pk, incident=incident)


def _clicked(request: SignedInRequest, reference: str, pk: int, verb: Any, said: str) -> HttpResponse:
    incident = load(request, reference)
    run = _run(incident, pk)
    return click(request, incident, verb, to=_back(request, incident), said=said, run=run, by=request.user)


@require_POST
@responders_only
def run_confirmation(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    return _clicked(request, reference, pk, workflow.confirm_run, "Confirmed. It runs now.")


@require_POST
@responders_only
def run_repetition(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    return _clicked(request, reference, pk, workflow.repeat_run, "It runs again.")


@require_http_methods(["GET", "POST"])
@responders_only
def run_refusal(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    run = _run(incident, pk)
    form = RefusalForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.refuse_run, run=run, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=_back(request, incident))
    is_own = run.pressed_by == request.user
    return form_page(
        request,
        incident,
        form,
        title="Withdraw the request" if is_own else "Refuse to run it",
        submit="Withdraw request" if is_own else "Refuse",
        subject=run.name,
        hint="Nothing is called. The mitigation is marked as not tried.",
    )
