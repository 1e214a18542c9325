"""What of an incident's own timeline stands as a mark on its charts."""

from datetime import datetime

from accounts.models import User
from core.text import shorten
from figures.signal import Mark
from incidents import incident_queries
from incidents.models import ChangeEvent, Incident, Status

LONGEST = 28  # characters of what a mark says
MOST = 24
MILESTONES = (
    ("impact_started_at", "Impact began", "severity"),
    ("declared_at", "Declared", "milestone"),
    ("mitigated_at", "Mitigated", "milestone"),
    ("resolved_at", "Resolved", "milestone"),
)
OF_MILESTONES = (Status.TRIAGE, Status.MITIGATED, Status.RESOLVED, Status.CLOSED)
"""Statuses that begin with a milestone, or before the incident was one."""


def marks_of(user: User, incident: Incident, now: datetime, *, is_kept: bool = False) -> list[Mark]:
    """Changes, impact, mitigations and changes of status, in their order. Three queries.

    With `is_kept` only what everybody who sees the incident may see: `user` is not the only reader.
    """
    found = [
        Mark(at.timestamp(), words, kind)
        for name, words, kind in MILESTONES
        if (at := getattr(incident, name))
    ]
    found += [
        Mark(step.started_at.timestamp(), shorten(step.text, LONGEST), "mitigation")
        for step in incident_queries.mitigations_of(incident)
        if step.started_at
    ]
    changes = incident_queries.changes_near(user, incident, now)
    if is_kept:
        near = ChangeEvent.objects.filter(pk__in=[change.pk for change in changes])
        changes = list(near.kept_on(incident))
    found += [Mark(change.at.timestamp(), shorten(change.title, LONGEST), "change") for change in changes]
    first = True
    for status, started_at in incident.status_periods.order_by("started_at").values_list(
        "status", "started_at"
    ):
        if status == Status.INVESTIGATING and first:
            first = False  # the declaration
        elif status not in OF_MILESTONES:
            found.append(Mark(started_at.timestamp(), Status(status).label, "milestone"))
    return sorted(found, key=lambda mark: mark.at)[-MOST:]
