"""What a webhook of a tracker leads to: tickets are looked at now."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from notifications.workflow import wake_worker
from trackers.face import Hook
from trackers.models import Tracker
from trackers.workflow.managing import JOB
from trackers.workflow.sweeping import touch

NOTED_EVERY = timedelta(seconds=30)


@transaction.atomic
def note_hook(*, tracker: Tracker, hook: Hook) -> int:
    """How many linked tickets it is about."""
    now = timezone.now()
    stale = Q(hook_at=None) | Q(hook_at__lt=now - NOTED_EVERY)
    Tracker.objects.filter(stale, pk=tracker.pk).update(hook_at=now)
    count = touch(tracker.pk, hook.tickets, now) if hook.tickets else 0
    if count:
        wake_worker(JOB)
    return count


@transaction.atomic
def note_refused_hook(*, tracker: Tracker) -> None:
    """For its page, which says that the secret may be another one there."""
    now = timezone.now()
    stale = Q(hook_refused_at=None) | Q(hook_refused_at__lt=now - NOTED_EVERY)
    Tracker.objects.filter(stale, pk=tracker.pk).update(hook_refused_at=now)
