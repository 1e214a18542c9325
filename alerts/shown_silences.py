"""What the page of an alert shows of its silences."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alerts.models import Alert
from alerts.workflow import why_not_silenced

SHOWN = 20
AGAIN = timedelta(seconds=2)


def silences_of(alert: Alert) -> dict[str, Any]:
    """Those in force, and those that went wrong; the part is fetched again while a worker is at one."""
    rows = list(alert.silences.in_force_or_failed().with_places()[:SHOWN])
    is_waiting = any(
        one.next_at and not (one.is_in_force and one.is_there) and not one.problem for one in rows
    )
    return {
        "silences": rows,
        "is_silenced_here": any(one.is_in_force and one.is_there for one in rows),
        "can_be_silenced": not why_not_silenced(alert),
        "silences_again_at": timezone.now() + AGAIN if is_waiting else None,
    }
