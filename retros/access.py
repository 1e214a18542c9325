"""Whom a retrospective is in reach of: `Retrospective.objects.visible_to` from its other side; and what is told."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from incidents.models.people import people_reaching as people_reaching_incident
from retros.models import Participant, Retrospective

MOST_OFFERED = 8


def people_reaching(retrospective: Retrospective) -> Any:
    """Everybody who could open it now, in one query."""
    people = User.objects.active()
    for incident in retrospective.incidents.filter(is_private=True):
        people = people.filter(pk__in=people_reaching_incident(incident).values("pk"))
    named = [retrospective.owner_id, retrospective.facilitator_id, retrospective.note_taker_id]
    taking_part = Participant.objects.filter(retrospective=retrospective).values("user")
    on_it = Q(pk__in=[pk for pk in named if pk]) | Q(pk__in=taking_part)
    if retrospective.is_private:
        people = people.filter(Q(sees_private_incidents=True) | on_it)
    if not retrospective.is_published:
        people = people.filter(Q(pk__in=User.objects.responders().values("pk")) | on_it)
    return people.order_by("name", "pk")


def people_of(retrospective: Retrospective) -> Any:
    """Who a row of the timeline can be about: responders, and those who take part."""
    taking_part = User.objects.filter(participates_in__retrospective=retrospective, is_active=True)
    return (User.objects.responders() | User.objects.filter(pk__in=taking_part.values("pk"))).order_by("name")


def retrospectives_for(reader: User | None) -> QuerySet[Retrospective]:
    """What a message to this person may be about; to an address or channel only of what is not private."""
    if reader:
        return Retrospective.objects.visible_to(reader)
    return Retrospective.objects.filter(is_private=False).exclude(incidents__is_private=True)


def mentionable(retrospective: Retrospective, typed: str) -> list[str]:
    """At most eight names of people who can see it, of whom a name begins with what was typed after an @."""
    begins = Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    return list(people_reaching(retrospective).filter(begins).values_list("name", flat=True)[:MOST_OFFERED])


def with_mentions(text: str, names: Iterable[str]) -> str:
    """Markdown in which the @mentions of these people are bold, by whole or first name."""
    called = sorted({part for name in names for part in (name, _first_name(name))}, key=len, reverse=True)
    if not called:
        return text
    pattern = rf"(?<![\w*])@(?:{'|'.join(map(re.escape, called))})(?!\w)"
    return re.sub(pattern, lambda match: f"**{match[0]}**", text, flags=re.IGNORECASE)


def _first_name(name: str) -> str:
    return name.split(" ")[0]


def mentioned_in(text: str, people: list[Any]) -> list[Any]:
    """Whom “@Mira Novak” or, where only one is called so, “@Mira” means."""
    said = text.casefold()
    called = Counter(_first(person) for person in people)
    return [
        person
        for person in people
        if _names(said, person.name.casefold())
        or (called[_first(person)] == 1 and _names(said, _first(person)))
    ]


def _first(person: Any) -> str:
    return _first_name(person.name).casefold()


def _names(said: str, name: str) -> bool:
    at = said.find(f"@{name}")
    while name and at >= 0:
        after = said[at + 1 + len(name) : at + 2 + len(name)]
        if not after.isalnum():
            return True
        at = said.find(f"@{name}", at + 1)
    return False
