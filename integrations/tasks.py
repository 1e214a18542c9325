"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from alerts.workflow import forget_early_resolutions
from integrations.models import Payload
from integrations.workflow import begin_payloads, process_payload

AT_ONCE = 100


def process_waiting_payloads() -> None:
    """Read what has come, in its order."""
    while begun := begin_payloads(at_most=AT_ONCE):
        done = [process_payload(pk) for pk in begun]
        if not any(done):  # others have them
            return


def next_payload_at() -> datetime | None:
    return Payload.objects.waiting().order_by().aggregate(at=Min("received_at"))["at"]


def forget_old_payloads() -> None:
    """Payloads after 14 days, and resolutions whose alerts never fired after five minutes."""
    now = timezone.now()
    Payload.objects.filter(received_at__lt=now - Payload.KEPT).exclude(state="waiting").delete()
    forget_early_resolutions(before=now)
