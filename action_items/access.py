"""What a message about action items may be about."""

from django.db.models import QuerySet

from accounts.models import User
from action_items.models import ActionItem


def action_items_told_to(reader: User | None) -> QuerySet[ActionItem]:
    """What a message to this person may be about; none goes to an address or channel."""
    return ActionItem.objects.visible_to(reader) if reader else ActionItem.objects.none()
