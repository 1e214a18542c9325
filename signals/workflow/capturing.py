"""A chart is kept as evidence: what monitoring says later may be another thing, or nothing."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from incidents.models import Incident
from incidents.workflow.transitions import lock
from signals.keepsakes import PICTURE, Kept, kept_chart
from signals.marks import marks_of
from signals.models import Signal
from signals.samples import read_bands, read_samples
from signals.window import window_of
from timeline.models import Evidence, EvidenceKind
from timeline.workflow import attach_evidence


@transaction.atomic
def capture_signal(*, incident: Incident, signal: Signal, by: User, hypothesis: Any = None) -> Evidence:
    """Keep the chart as it stands, data and picture; the timeline gets an entry.

    Refused where nothing of it is stored, or where it belongs to no service of the incident.
    """
    incident = lock(incident, by=by)
    require_of_incident(incident, signal)
    now = context.now()
    start, end = window_of(incident, now)
    kept = chart_to_keep(incident, signal, by, (start, end), _title(signal, (start, end)), now)
    return attach_evidence(
        incident=incident,
        by=by,
        kind=EvidenceKind.METRIC,
        title=_title(signal, (start, end)),
        body=kept.body,
        file=kept.file,
        file_type=PICTURE,
        hypothesis=hypothesis,
        data=kept.data,
    )


def chart_to_keep(
    incident: Incident,
    signal: Signal,
    reader: User,
    times: tuple[datetime, datetime],
    title: str,
    now: datetime,
) -> Kept:
    points = read_samples([signal], *times).get(signal.pk, {})
    if not points:
        raise ValidationError(f"There is no value of {signal} to capture yet.")
    bands = read_bands([signal], *times).get(signal.pk, [])
    marks = [
        mark
        for mark in marks_of(reader, incident, now, is_kept=True)
        if times[0].timestamp() <= mark.at <= times[1].timestamp()
    ]
    return kept_chart(signal, points, bands, marks, times, title)


def require_of_incident(incident: Incident, signal: Signal) -> None:
    if not incident.affected_services.filter(service=signal.service_id).exists():
        raise ValidationError({"signal": f"{signal} is of no service that {incident.reference} affects."})


def _title(signal: Signal, times: tuple[datetime, datetime]) -> str:
    """In UTC: the timeline is read in other zones than that of whoever captures."""
    start, end = (moment.astimezone(UTC) for moment in times)
    return f"{signal}, {start:%H:%M} to {end:%H:%M} UTC"
