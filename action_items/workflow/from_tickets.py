"""What the ticket of an action item says, taken over by whoever keeps the two in step."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from action_items.models import ActionItem, ActionState
from action_items.workflow.changing import complete, give_up, reopen, set_aside, set_fields, start

FROM_TICKETS = ("title", "owner", "due_on", "priority")


@transaction.atomic
def take_from_ticket(
    *, item: ActionItem, by: User, ticket: str, said_by: str = "", state: str = "", **fields: Any
) -> ActionItem:
    """Set what its ticket says. Whoever linked the two might change the item, so that `by` need not be allowed to.

    `ticket` is its key; `said_by` the person there. `state` is open, in_progress, done or wont_do; what is verified
    is done already. Raises ValidationError where the item cannot be so.
    """
    item = ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if unknown := set(fields) - set(FROM_TICKETS):
        raise TypeError(f"A ticket does not say: {', '.join(unknown)}.")
    told = {"ticket": ticket, "said_by": said_by}
    set_fields(item, by, fields, **told)
    if state:
        _enter(item, by, state, told)
    return item


def state_for_ticket(item: ActionItem) -> str:
    """What its ticket can know of it: whether it worked is ours alone."""
    return ActionState.DONE if item.is_done else item.state


def _enter(item: ActionItem, by: User, state: str, told: Mapping[str, str]) -> None:
    if state_for_ticket(item) == state:
        return
    if not item.is_unfinished:
        reopen(item, by, to=state if state == ActionState.IN_PROGRESS else ActionState.OPEN, **told)
    if item.state == state:
        return
    if state == ActionState.WONT_DO:
        said = f" by {told['said_by']}" if told["said_by"] else ""
        give_up(item, by, f"Closed in {told['ticket']}{said}.", **told)
    elif state == ActionState.DONE:
        complete(item, by, **told)
    elif state == ActionState.IN_PROGRESS:
        start(item, by, **told)
    else:
        set_aside(item, by, **told)
