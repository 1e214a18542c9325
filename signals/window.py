"""From when until when the charts of an incident go."""

from datetime import datetime, timedelta

from incidents.models import Incident, Status
from signals.models import HOUR, MINUTE

BEFORE = HOUR
LONGEST = timedelta(hours=72)


def window_of(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """From an hour before its impact to now, or to its end; at most the last 72 hours of it."""
    end = min(incident.ended_at or now, now)
    start = (incident.impact_started_at or incident.began_at) - BEFORE
    start = max(min(start, end - BEFORE), end - LONGEST)
    return start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0) + MINUTE


def is_running(incident: Incident) -> bool:
    """Whether it is suspected or being worked on: then its signals are refreshed."""
    return incident.is_active or incident.status == Status.TRIAGE
