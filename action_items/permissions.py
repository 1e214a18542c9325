"""Who may do what to action items they can reach."""

from typing import TYPE_CHECKING, Any

from incidents.permissions import can_respond
from retros.permissions import takes_part

if TYPE_CHECKING:
    from action_items.models import ActionItem
    from incidents.models import Incident
    from retros.models import Retrospective


def can_add_action_item(
    user: Any, *, retrospective: "Retrospective | None" = None, incident: "Incident | None" = None
) -> bool:
    """Responders in reach of what it comes from, and whoever takes part; published or not: work goes on."""
    if not user.is_authenticated or not user.is_active:
        return False
    if retrospective is not None:
        reachable = type(retrospective).objects.visible_to(user).filter(pk=retrospective.pk).exists()
        return reachable and (user.is_responder or takes_part(user, retrospective))
    if incident is not None:
        return can_respond(user, incident)
    return user.is_responder


def can_change_action_item(user: Any, item: "ActionItem") -> bool:
    """Its owner, whoever that is, and who could have added it."""
    if not user.is_authenticated or not user.is_active:
        return False
    if item.owner_id == user.pk:
        return True
    return can_add_action_item(user, retrospective=item.retrospective, incident=item.incident)
