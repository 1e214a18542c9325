"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

import time
from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from alerts.models import Alert
from alerts.workflow import route_due_alerts as route_due

A_TURN = 2.0  # seconds


def route_due_alerts() -> None:
    """Look at alerts that have fired, or were quiet, long enough; the rest after two seconds, with other jobs between."""
    ends = time.monotonic() + A_TURN
    while route_due(now=timezone.now()) and time.monotonic() < ends:
        pass


def next_due_at() -> datetime | None:
    return Alert.objects.filter(check_at__isnull=False).aggregate(at=Min("check_at"))["at"]
