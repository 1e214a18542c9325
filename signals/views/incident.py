"""Signals on an incident: the charts, capture, recovery checks and predictions."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from figures.draw import sizes
from figures.signal import watch
from incidents.models import Incident
from incidents.permissions import can_respond
from incidents.views.common import attempt, click, done, form_page, load, responders_only, submitted
from signals import workflow
from signals.charts import charts_of, clock, line_of
from signals.forms import CheckForm, ExpectationForm
from signals.models import Expectation, Look, Signal
from signals.of_incident import RunningCheck, checks_of, expectations_of
from signals.samples import written
from signals.workflow.watching import BEFORE

WATCH_WIDTHS = (712, 480, 282)


@require_safe
def incident_signals(request: SignedInRequest, reference: str) -> HttpResponse:
    """All charts, drawn from what is stored. Whoever sees the incident sees them."""
    incident, now = load(request, reference), timezone.now()
    look = Look.objects.filter(incident=incident).values_list("looked_at", flat=True).first()
    found = charts_of(request.user, incident, now)
    if found.charts:
        workflow.note_look(incident, look, now=now)
    context = {
        "incident": incident,
        "section": "incidents",
        "found": found,
        "checks": [_watched(check) for check in checks_of(incident).values()],
        "expectations": expectations_of(incident),
        "may_write": can_respond(request.user, incident),
    }
    return render(request, "signals/incident.html", context)


def _watched(check: RunningCheck) -> RunningCheck:
    """With the picture of how it goes, and how far it is in tenths."""
    row, progress = check.row, check.progress
    since = row.check_row.watching_since
    if since and check.points and progress.last_at:
        line = line_of(
            row.signal, check.points, check.bands, (since - BEFORE, progress.last_at), f"check-{row.pk}"
        )
        normal = progress.normal_since.timestamp() if progress.normal_since else None
        words = f"normal since {clock(normal)}" if normal else ""
        row.picture = sizes(lambda width: watch(line, normal, words, width), *WATCH_WIDTHS)  # type: ignore[attr-defined]
    minutes = row.check_row.minutes or 1
    row.tenths = min(int(progress.lasted.total_seconds() / 6 / minutes), 10)  # type: ignore[attr-defined]
    row.told = written(progress.last_value, row.signal.unit)  # type: ignore[attr-defined]
    return check


def _signal(incident: Incident, pk: int) -> Signal:
    return get_object_or_404(Signal.objects.of_incident(incident), pk=pk)


def _page(reference: str) -> str:
    return reverse("incident_signals", args=[reference])


@require_POST
@responders_only
def signals_refresh(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask sources that did not answer again."""
    incident = load(request, reference)
    said = "Sources that did not answer are asked again."
    return click(
        request,
        incident,
        workflow.retry_sources,
        to=_page(reference),
        said=said,
        incident=incident,
        by=request.user,
    )


@require_POST
@responders_only
def signal_capture(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    signal = _signal(incident, pk)
    said = f"{signal} is captured. The timeline has it."
    return click(
        request,
        incident,
        workflow.capture_signal,
        to=_page(reference),
        said=said,
        incident=incident,
        signal=signal,
        by=request.user,
    )


@require_http_methods(["GET", "POST"])
@responders_only
def signal_check(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = CheckForm(request.POST or None, incident=incident, initial=request.GET.dict())
    if submitted(request, form) and attempt(
        form, workflow.check_by_signal, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=_page(reference))
    hint = "It starts when the incident is mitigated, and passes when the signal was normal for so long without a break."
    return form_page(
        request, incident, form, title="Check recovery by a signal", submit="Add check", hint=hint
    )


@require_http_methods(["GET", "POST"])
@responders_only
def signal_expectation(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = ExpectationForm(request.POST or None, incident=incident, initial=request.GET.dict())
    if submitted(request, form) and attempt(
        form, workflow.expect_of_signal, incident=incident, by=request.user, **form.arguments()
    ):
        return done(request, incident, to=_page(reference))
    hint = "Say what a signal does if a hypothesis is right, or if a mitigation works. What is observed is filled in."
    return form_page(request, incident, form, title="Add a prediction", submit="Save prediction", hint=hint)


@require_POST
@responders_only
def expectation_removal(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    expectation = get_object_or_404(
        Expectation.objects.select_related("signal", "incident"), pk=pk, incident=incident
    )
    return click(
        request,
        incident,
        workflow.drop_expectation,
        to=_page(reference),
        said="The prediction is removed.",
        expectation=expectation,
        by=request.user,
    )
