"""What the page of an alert shows of its silences."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alerts.models import Alert
from alerts.workflow import can_be_silenced

SHOWN = 20
AGAIN = timedelta(seconds=2)


def silences_of(alert: Alert) -> dict[str, Any]:
    """Those in force, and those that went wrong; the part is fetched again while a worker is at one."""
    rows = list(alert.silences.with_places()[:SHOWN])
    is_waiting = any(
        one.next_at and not (one.is_in_force and one.is_there) and not one.problem for one in rows
    )
    return {
        "silences": [one for one in rows if one.is_in_force or one.problem],
        "is_silenced_here": any(one.is_in_force and one.is_there for one in rows),
        "can_be_silenced": can_be_silenced(alert),
        "silences_again_at": timezone.now() + AGAIN if is_waiting else None,
    }
