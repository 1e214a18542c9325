"""What a replayed incident measures, read from what was stored and never from the file."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from incidents.models import Audience, Incident
from timeline.models import EvidenceKind


def describe(incident: Incident) -> dict[str, Any]:
    """Reference, status, times in seconds (null where one of the two is not known), and what was stored."""
    return {
        "reference": incident.reference,
        "status": str(incident.status),
        "metrics": measure(incident),
        "counts": count(incident),
    }


def measure(incident: Incident) -> dict[str, int | float | None]:
    """Seconds, by the definitions of the recorded days' `expected_metrics`."""
    began, detected = incident.impact_started_at, incident.detected_at
    public = list(
        incident.status_updates.for_audience(Audience.PUBLIC)
        .order_by("posted_at")
        .values_list("posted_at", flat=True)
    )
    return {
        "time_to_detect": _between(began, detected),
        "time_to_acknowledge": _between(detected, incident.acknowledged_at),
        "time_to_declare": _between(detected, incident.declared_at),
        "time_to_mitigate": _between(began, incident.mitigated_at),
        "time_to_resolve": _between(began, incident.resolved_at),
        "time_to_close": _between(began, incident.closed_at),
        "time_to_first_public_update": _between(began, public[0] if public else None),
        "longest_gap_between_public_updates": _seconds(
            max((later - earlier for earlier, later in pairwise(public)), default=None)
        ),
    }


def count(incident: Incident) -> dict[str, int]:
    """The stored records that carry the file's lists; what the verbs wrote besides is not counted."""
    retrospective = getattr(incident, "retrospective", None)
    material = retrospective.material if retrospective else {}
    return {
        "timeline_events": incident.timeline.filter(data__replay__has_key="timeline").count(),
        "status_updates": incident.status_updates.count(),
        "hypotheses": incident.hypotheses.count(),
        "mitigations": incident.mitigations.count(),
        "roles": incident.role_assignments.count(),
        "changes": incident.changes.count(),
        "alerts": incident.evidence.filter(kind=EvidenceKind.ALERT).count(),
        "action_items": len(material.get("action_items") or []),
    }


def _between(earlier: datetime | None, later: datetime | None) -> int | float | None:
    return _seconds(later - earlier) if earlier and later else None


def _seconds(length: timedelta | None) -> int | float | None:
    """Whole seconds as an integer, so that 180 is printed and not 180.0."""
    if length is None:
        return None
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
