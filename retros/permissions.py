"""Who may do what to a retrospective they can reach. Reach itself is `Retrospective.objects.visible_to`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retros.models import Retrospective


def can_start(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_responder)


def can_write(user: Any, retrospective: "Retrospective") -> bool:
    """Add and change what the retrospective says: responders in reach, and whoever takes part.

    What is published stands still until it is opened again.
    """
    if retrospective.is_published or not user.is_authenticated:
        return False
    reachable = type(retrospective).objects.visible_to(user).filter(pk=retrospective.pk).exists()
    return reachable and (user.is_responder or takes_part(user, retrospective))


def sees_draft(user: Any, retrospective: "Retrospective") -> bool:
    """Of those who can read it: whether what stands now is open to them, besides its versions."""
    return bool(retrospective.is_published or user.is_responder or takes_part(user, retrospective))


def takes_part(user: Any, retrospective: "Retrospective") -> bool:
    """Owner, facilitator, note-taker or participant."""
    named = (retrospective.owner_id, retrospective.facilitator_id, retrospective.note_taker_id)
    return user.pk in named or retrospective.participants.filter(user=user).exists()


def people_on(retrospective: "Retrospective") -> dict[int, Any]:
    """Who takes part, by id: participants first, then those in charge."""
    people = {one.user_id: one.user for one in retrospective.participants.select_related("user")}
    for one in (retrospective.owner, retrospective.facilitator, retrospective.note_taker):
        if one is not None:
            people.setdefault(one.pk, one)
    return people


def possible_facilitators(retrospective: "Retrospective") -> list[Any]:
    """Responders who take part."""
    return [one for one in people_on(retrospective).values() if one.is_responder]


def others_to_facilitate(retrospective: "Retrospective") -> list[Any]:
    """Who can take over from the facilitator."""
    return [one for one in possible_facilitators(retrospective) if one.pk != retrospective.facilitator_id]


def can_facilitate(user: Any, retrospective: "Retrospective") -> bool:
    """Frame, schedule, run the clock, reveal, publish: who owns or facilitates it, or an administrator.

    While nobody owns it, any responder may.
    """
    if not user.is_authenticated or not user.is_responder:
        return False
    if user.is_administrator or retrospective.owner_id is None:
        return True
    return user.pk in (retrospective.owner_id, retrospective.facilitator_id)


def can_change_learning(user: Any, learning: Any) -> bool:
    """Its author; once the learnings are revealed, also who facilitates."""
    retrospective = learning.retrospective
    leads = retrospective.learnings_revealed_at and can_facilitate(user, retrospective)
    return bool(learning.author_id == user.pk or leads)
