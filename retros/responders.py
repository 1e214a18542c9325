"""Who responded to incidents: held a role, took part, or wrote in the timeline."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from incidents.models import Participation, RoleAssignment
from timeline.models import Kind, TimelineEvent

WRITTEN = (
    Kind.NOTE, Kind.DECISION, Kind.QUESTION, Kind.ANSWER, Kind.HYPOTHESIS, Kind.MITIGATION, Kind.UPDATE,
)  # fmt: skip
"""What somebody who responds writes during an incident."""


def responded_to(incidents: Any) -> Q:
    """A condition on users: those who responded to one of `incidents`."""
    return _traces({"incident__in": incidents}, OuterRef("pk"))


def with_responder(person: Any) -> Q:
    """A condition on incidents: those that `person` responded to."""
    return _traces({"incident": OuterRef("pk")}, person)


def _traces(which: dict[str, Any], person: Any) -> Q:
    return Q(
        Exists(RoleAssignment.objects.filter(user=person, **which))
        | Exists(Participation.objects.filter(user=person, **which))
        | Exists(TimelineEvent.objects.filter(actor=person, kind__in=WRITTEN, **which))
    )
