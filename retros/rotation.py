"""Who could facilitate a retrospective next: people who did not respond, those with the least to do so far first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery, Value
from django.utils import timezone

from accounts.models import User, UserQuerySet
from core.subqueries import count_of
from incidents.models import Incident
from incidents.models.people import people_reaching
from retros.models import Retrospective
from retros.models.retrospective import RetrospectiveQuerySet
from retros.responders import responded_to

LOOKED_BACK = timedelta(days=365)
OFFERED = 3


@dataclass(frozen=True)
class Suggestion:
    person: User
    reason: str


def suggested_facilitators(retrospective: Retrospective, reader: Any) -> list[Suggestion]:
    """The first few by how often, then how long ago they facilitated a session in the last year.

    Counts only retrospectives that `reader` can see. At most four queries, and one more for each private incident.
    """
    covered = list(retrospective.incidents.all())
    held = (
        Retrospective.objects.visible_to(reader)
        .filter(facilitator=OuterRef("pk"), session_started_at__gte=timezone.now() - LOOKED_BACK)
        .exclude(pk=retrospective.pk)
    )
    people = _did_not_respond(covered).exclude(pk=retrospective.facilitator_id)
    never: list[Any] = list(people.exclude(Exists(held)).annotate(held=Value(0)).order_by("name")[:OFFERED])
    found = never if len(never) == OFFERED else [*never, *_by_turns(people, held)[: OFFERED - len(never)]]
    return [Suggestion(person, _reason(person, covered)) for person in found]


def _by_turns(people: UserQuerySet, held: RetrospectiveQuerySet) -> list[Any]:
    """Those who facilitated, the seldom ones first. It counts every session of a year: asked only where it is needed."""
    last = held.order_by().values("facilitator").annotate(last=Max("session_started_at")).values("last")
    counted = people.filter(Exists(held)).annotate(held=count_of(held), last_held=Subquery(last))
    return list(counted.order_by("held", "last_held", "name")[:OFFERED])


def _did_not_respond(covered: list[Incident]) -> UserQuerySet:
    """Responders who can see every one of these incidents and worked on none of them."""
    people = User.objects.responders()
    for incident in covered:
        if incident.is_private:
            people = people.filter(pk__in=people_reaching(incident).values("pk"))
    return people.exclude(responded_to(covered)) if covered else people


def _reason(person: Any, covered: list[Incident]) -> str:
    """In words, what speaks for `person`, who has `held` and `last_held`."""
    if not person.held:
        held = "Has not facilitated in the last 12 months."
    else:
        last = timezone.localtime(person.last_held)
        times = "once" if person.held == 1 else f"{person.held} times"
        held = f"Facilitated {times} in the last 12 months, most recently on {last.day} {last:%b %Y}."
    names = ", ".join(str(incident.reference) for incident in covered[:3])
    if len(covered) > 3:
        names += f" and {len(covered) - 3} more"
    return f"Did not respond to {names}. {held}" if covered else held
