"""What a person has read of what they were told."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.notify import notify_people
from subscribers.models import Notice


@transaction.atomic
def mark_read(*, notice: Notice, by: User) -> None:
    if notice.person_id != by.pk:
        raise PermissionDenied("This inbox belongs to someone else.")
    if Notice.objects.filter(pk=notice.pk).unread().update(read_at=timezone.now()):
        notify_people(people=[by.pk], what="inbox")


@transaction.atomic
def mark_all_read(*, by: User, up_to: int | None = None) -> None:
    """Everything, or what is not newer than the notice `up_to`: what came in meanwhile stays unread."""
    unread = Notice.objects.filter(person=by).unread()
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    if unread.update(read_at=timezone.now()):
        notify_people(people=[by.pk], what="inbox")
