"""What a message about action items may be about."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from action_items.models import ActionItem
from retros.access import retrospectives_for


def action_items_for(reader: User | None) -> QuerySet[ActionItem]:
    """What a message to this person may be about; to an address or channel only of what is not private."""
    if reader:
        return ActionItem.objects.visible_to(reader)
    hidden = Q(incident__is_private=True)
    seen = retrospectives_for(None).filter(pk=OuterRef("retrospective"))  # of its own only: there are very many
    hidden |= Q(retrospective__isnull=False) & ~Q(Exists(seen))
    return ActionItem.objects.exclude(hidden)
