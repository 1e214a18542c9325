"""Who may do what to trackers and tickets."""

from django.core.exceptions import PermissionDenied

from accounts.models import User
from action_items.models import ActionItem
from action_items.permissions import can_change_action_item


def can_set_up_trackers(user: User) -> bool:
    """Add, change, test, pause and remove trackers and their projects."""
    return bool(user.is_active and user.is_administrator)


def require_setting_up(by: User) -> None:
    if not can_set_up_trackers(by):
        raise PermissionDenied("Only administrators can change trackers.")


def can_link(user: User, item: ActionItem) -> bool:
    """Create, link, sync and unlink its tickets: whoever may change it."""
    return can_change_action_item(user, item)


def require_linking(by: User, item: ActionItem) -> None:
    if not can_link(by, item):
        raise PermissionDenied(
            "Only the owner, and responders who can see its source, can change its tickets."
        )
