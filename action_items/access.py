"""What a message about action items may be about."""

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from action_items.models import ActionItem
from retros.access import retrospectives_for


def action_items_for(reader: User | None) -> QuerySet[ActionItem]:
    """What a message to this person may be about; to an address or channel only of what is not private."""
    if reader:
        return ActionItem.objects.visible_to(reader)
    hidden = Q(incident__is_private=True)
    own = retrospectives_for(None).filter(pk=OuterRef("retrospective")).order_by().values(seen=Value(True))
    # Not EXISTS, for which PostgreSQL may read all retrospectives.
    hidden |= Q(retrospective__isnull=False) & ~Q(Coalesce(Subquery(own[:1]), Value(False)))
    return ActionItem.objects.exclude(hidden)
