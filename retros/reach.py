"""Whom a retrospective is in reach of: `Retrospective.objects.visible_to` from its other side; and what is told."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from incidents.models.people import people_reaching as people_reaching_incident
from retros.models import ActionItem, Participant, Retrospective


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


def retrospectives_told_to(reader: User | None) -> QuerySet[Retrospective]:
    """What a message to this person may be about; none goes to an address or channel."""
    return Retrospective.objects.visible_to(reader) if reader else Retrospective.objects.none()


def action_items_told_to(reader: User | None) -> QuerySet[ActionItem]:
    return ActionItem.objects.visible_to(reader) if reader else ActionItem.objects.none()


def mentioned_in(text: str, people: list[Any]) -> list[Any]:
    """Whom “@Mira Novak” or, where only one is called so, “@Mira” means."""
    said = text.casefold()
    found = []
    for person in people:
        first = person.name.split(" ")[0].casefold()
        is_only = sum(p.name.split(" ")[0].casefold() == first for p in people) == 1
        if _names(said, person.name.casefold()) or (is_only and _names(said, first)):
            found.append(person)
    return found


def _names(said: str, name: str) -> bool:
    at = said.find(f"@{name}")
    while name and at >= 0:
        after = said[at + 1 + len(name) : at + 2 + len(name)]
        if not after.isalnum():
            return True
        at = said.find(f"@{name}", at + 1)
    return False
