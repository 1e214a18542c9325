"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from alerts.workflow import forget_early_resolutions
from integrations.models import Mailbox, Payload, PayloadState
from integrations.workflow import (
    awaited_heartbeats,
    check_payload,
    claim_mailboxes,
    process_payload,
    read_mailbox,
    tell_silences,
    unchecked_payloads,
    waiting_payloads,
)
from integrations.workflow.mailboxes import MAILBOXES_AT_ONCE, Reading
from integrations.workflow.receiving import CHECK, JOB
from integrations.workflow.silences import keep_due_silences, next_silence_work_at
from notifications.workflow import wake_worker

__all__ = [
    "check_signatures",
    "find_silent_heartbeats",
    "forget_old_payloads",
    "keep_silences",
    "next_check_at",
    "next_mailbox_at",
    "next_payload_at",
    "next_silence_at",
    "next_silence_work_at",
    "process_waiting_payloads",
    "read_mailboxes",
]

AT_ONCE = 100
A_TURN = 20.0  # seconds
_mailboxes = ThreadPoolExecutor(MAILBOXES_AT_ONCE, thread_name_prefix="mailbox")
logger = logging.getLogger(__name__)


def process_waiting_payloads() -> None:
    """Read what has come, in its order; after some seconds other jobs of the same threads have their turn first."""
    ends = time.monotonic() + A_TURN
    while ids := waiting_payloads(at_most=AT_ONCE):
        is_read = False
        for pk in ids:
            is_read = process_payload(pk) or is_read
            if time.monotonic() > ends:
                wake_worker(JOB)
                return
        if not is_read:  # others have them, or they failed
            return


def next_payload_at() -> datetime | None:
    return Payload.objects.waiting().order_by().aggregate(at=Min("received_at"))["at"]


def check_signatures() -> None:
    """Check those signatures for which a key must be fetched."""
    ends = time.monotonic() + A_TURN
    while ids := unchecked_payloads(at_most=AT_ONCE, now=timezone.now()):
        for pk in ids:
            check_payload(pk)
            if time.monotonic() > ends:
                wake_worker(CHECK)
                return


def next_check_at() -> datetime | None:
    return Payload.objects.unchecked().order_by().aggregate(at=Min("check_at"))["at"]


def read_mailboxes() -> None:
    """Have each mailbox that is due read in a thread of its own: one that hangs delays no other."""
    for reading in claim_mailboxes(now=timezone.now()):
        _mailboxes.submit(_read, reading)


def _read(reading: Reading) -> None:
    try:
        read_mailbox(reading)
    except Exception:
        logger.exception("mailbox %s could not be read and will be tried again", reading.mailbox.pk)
    finally:
        connection.close()


def next_mailbox_at() -> datetime | None:
    return Mailbox.objects.aggregate(at=Min("due_at"))["at"]


def find_silent_heartbeats() -> None:
    """An alert for each heartbeat that is overdue."""
    tell_silences(now=timezone.now())


def next_silence_at() -> datetime | None:
    return awaited_heartbeats().order_by().aggregate(at=Min("due_at"))["at"]


def keep_silences() -> None:
    """Ask each Alertmanager, until nothing is due."""
    keep_due_silences()


def forget_old_payloads() -> None:
    """Payloads after 14 days, and resolutions whose alerts never fired after five minutes.

    What nobody has read is kept. What came in the moment of a resumption, and was taken for paused, is read.
    """
    now = timezone.now()
    stuck = Payload.objects.filter(state=PayloadState.PAUSED, integration__paused_at=None)
    stuck.update(state=PayloadState.WAITING, outcome="")
    unread = (PayloadState.WAITING, PayloadState.PAUSED)
    Payload.objects.filter(received_at__lt=now - Payload.KEPT).exclude(state__in=unread).delete()
    forget_early_resolutions(before=now)
