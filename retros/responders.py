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
    of_it = {"incident__in": incidents, "user": OuterRef("pk")}
    wrote = TimelineEvent.objects.filter(incident__in=incidents, kind__in=WRITTEN, actor=OuterRef("pk"))
    return Q(
        Exists(RoleAssignment.objects.filter(**of_it))
        | Exists(Participation.objects.filter(**of_it))
        | Exists(wrote)
    )


def with_responder(person: Any) -> Q:
    """A condition on incidents: those that `person` responded to."""
    by_person = {"incident": OuterRef("pk"), "user": person}
    wrote = TimelineEvent.objects.filter(incident=OuterRef("pk"), kind__in=WRITTEN, actor=person)
    return Q(
        Exists(RoleAssignment.objects.filter(**by_person))
        | Exists(Participation.objects.filter(**by_person))
        | Exists(wrote)
    )
