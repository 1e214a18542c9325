"""Signals of incidents: shown, captured, checked and predicted."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from api.fields import RecordIn, body, choice, optional_text
from api.operations.incidents import INCIDENT
from api.parts import number, within
from api.registry import Call, item, listing, part, verb
from api.shapes.incidents import EvidenceShape
from api.shapes.response import RecoveryCheckShape
from api.shapes.signals import IncidentSignalShape, PredictionShape, SamplesShape
from signals import workflow
from signals.models import Comparison, Look, Signal
from signals.samples import read_bands, read_samples
from signals.window import window_of

TAG = "Signals"

part(
    "incident_signal",
    lambda call, raw: _of_incident(call).get(pk=number(raw)),
    shape=IncidentSignalShape,
    about="The id of a signal of a service that the incident affects.",
    number=True,
)
within("prediction", PredictionShape, "incident", "The id of a prediction of the incident.")


def _of_incident(call: Call) -> Any:
    hit = call["incident"].affected_services.values("service")
    return IncidentSignalShape.rows(call.user).filter(service__in=hit)


SIGNALS = f"{INCIDENT}/signals"


def _listed(call: Call) -> Any:
    """Whoever lists them looks at them: they are refreshed for a while."""
    rows = _of_incident(call)
    incident = call["incident"]
    if rows.exists():
        looked = Look.objects.filter(incident=incident).values_list("looked_at", flat=True).first()
        workflow.note_look(incident, looked)
    return rows


def _samples(call: Call) -> dict[str, Any]:
    signal: Signal = call["incident_signal"]
    start, end = window_of(call["incident"], timezone.now())
    points = read_samples([signal], start, end).get(signal.pk, {})
    bands = read_bands([signal], start, end).get(signal.pk, [])
    return {
        "start": start,
        "end": end,
        "points": sorted(points.items()),
        "normal": [
            {
                "start": datetime.fromtimestamp(band.start, UTC),
                "end": datetime.fromtimestamp(band.end, UTC),
                "low": band.low,
                "high": band.high,
            }
            for band in bands
        ],
    }


def _capture(call: Call) -> Any:
    return workflow.capture_signal(
        incident=call["incident"], signal=call["incident_signal"], by=call.user, **call.data
    )


def _check(call: Call) -> Any:
    return workflow.check_by_signal(incident=call["incident"], by=call.user, **call.data).check_row


class SignalOfIncident(RecordIn):
    """A signal of a service that the incident of the address affects, by its id."""

    def __init__(self, **options: Any):
        super().__init__("incident", "signals", **options)

    def rows_of(self, owner: Any) -> Any:
        return Signal.objects.of_incident(owner)


listing(SIGNALS, IncidentSignalShape, _listed, name="list_incident_signals", summary="Signals of the affected services, with their newest values.", tag=TAG)  # fmt: skip
item(
    f"{SIGNALS}/{{incident_signal}}",
    IncidentSignalShape,
    name="get_incident_signal",
    summary="One signal of an affected service.",
    tag=TAG,
)
item(
    f"{SIGNALS}/{{incident_signal}}/samples",
    SamplesShape,
    _samples,
    name="get_signal_samples",
    summary="The stored values of a signal, from an hour before the impact on.",
    tag=TAG,
)
verb(
    "POST",
    f"{SIGNALS}/{{incident_signal}}/captures",
    workflow.capture_signal,
    body=body("CaptureBody", hypothesis=RecordIn("incident", "hypotheses", required=False, allow_null=True)),
    answer=EvidenceShape,
    status=201,
    run=_capture,
    tag=TAG,
    summary="Capture a chart as evidence, with its values and a picture.",
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/evidence/{made.pk}",
)
verb(
    "POST",
    f"{INCIDENT}/signal-refresh",
    workflow.retry_sources,
    tag=TAG,
    summary="Ask data sources that did not answer again at once.",
)
verb(
    "POST",
    f"{INCIDENT}/signal-checks",
    workflow.check_by_signal,
    body=body(
        "SignalCheckBody",
        signal=SignalOfIncident(),
        minutes=serializers.IntegerField(min_value=1, max_value=1440, default=10),
        title=optional_text(200),
        check=RecordIn("incident", "recovery_checks", required=False, allow_null=True),
    ),
    answer=RecoveryCheckShape,
    status=201,
    run=_check,
    tag=TAG,
    summary="Have a recovery check answered by a signal: one that is there, or a new one.",
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/recovery-checks/{made.pk}",
)
PREDICTIONS = f"{INCIDENT}/predictions"
listing(
    PREDICTIONS,
    PredictionShape,
    lambda call: PredictionShape.rows(call.user).filter(incident=call["incident"]),
    name="list_predictions",
    summary="What hypotheses predict of signals, and mitigations are expected to do.",
    tag=TAG,
)
item(
    f"{PREDICTIONS}/{{prediction}}",
    PredictionShape,
    name="get_prediction",
    summary="One prediction, and what was observed.",
    tag=TAG,
)
verb(
    "POST",
    PREDICTIONS,
    workflow.expect_of_signal,
    name="add_prediction",
    body=body(
        "PredictionBody",
        signal=SignalOfIncident(),
        hypothesis=RecordIn("incident", "hypotheses", required=False, allow_null=True),
        mitigation=RecordIn("incident", "mitigations", required=False, allow_null=True),
        tested_by=RecordIn("incident", "mitigations", required=False, allow_null=True),
        comparison=choice(Comparison, default=Comparison.NORMAL),
        value=serializers.FloatField(required=False, allow_null=True),
        minutes=serializers.IntegerField(min_value=1, max_value=1440, default=5),
    ),
    answer=PredictionShape,
    status=201,
    tag=TAG,
    summary="Say what a signal does if a hypothesis is right, or if a mitigation works.",
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/predictions/{made.pk}",
)
verb(
    "DELETE",
    f"{PREDICTIONS}/{{prediction}}",
    workflow.drop_expectation,
    name="remove_prediction",
    run=lambda call: workflow.drop_expectation(by=call.user, expectation=call["prediction"]),
    tag=TAG,
    summary="Remove a prediction.",
)
