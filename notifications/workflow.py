"""Writing what must be told, and noting that the background is alive."""

from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications.models import Delivery, DeliveryState, Heartbeat, OutboxMessage

MAIL = "mail"
FIRST_RETRY = timedelta(seconds=20)
LONGEST_RETRY = timedelta(hours=1)


def enqueue(*, topic: str, subject: str, payload: dict, due_at: datetime | None = None) -> OutboxMessage:
    """Write one outbox row in the caller's transaction; delivery claims it from there."""
    return OutboxMessage.objects.create(
        topic=topic, subject=subject, payload=payload, due_at=due_at or timezone.now()
    )


def deliver(*deliveries: Delivery) -> None:
    """Put messages on their way in the caller's transaction; a key that is there already is not sent again."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def withdraw(*, group: str) -> int:
    """Nothing of this group that has not left yet will leave; the number of messages called back."""
    waiting = Delivery.objects.filter(group=group, state=DeliveryState.WAITING)
    return waiting.update(state=DeliveryState.WITHDRAWN)


def enqueue_mail(*, to: str, subject: str, text: str, about: str) -> OutboxMessage:
    """A mail to one address, sent by the worker once the caller's transaction is committed."""
    message = enqueue(topic=MAIL, subject=about, payload={"to": to, "subject": subject, "text": text})
    transaction.on_commit(partial(ring_worker, "notifications.tasks.send_due_mail"))
    return message


def ring_worker(task: str) -> None:
    """Ask for a sweep now. Nobody there to hear it is no harm: the scheduler sweeps anyway."""
    try:
        current_app.send_task(task)
    except (OperationalError, OSError):
        return


def mark_mail_sent(*, message: OutboxMessage) -> None:
    """The text goes with it: a mail may hold a one-time link, and that must not stay readable here."""
    message.sent_at = timezone.now()
    message.last_error = ""
    message.payload = {"to": message.payload["to"], "subject": message.payload["subject"]}
    message.save(update_fields=["sent_at", "last_error", "payload"])


def postpone_mail(*, message: OutboxMessage, error: Exception) -> None:
    """Try again later, each time twice as late, at most an hour; the error's kind is kept, not its text."""
    message.attempts += 1
    message.last_error = type(error).__name__
    wait = min(FIRST_RETRY * 2 ** min(message.attempts - 1, 10), LONGEST_RETRY)
    message.due_at = timezone.now() + wait
    message.save(update_fields=["attempts", "last_error", "due_at"])


def note_heartbeat(*, name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
