"""Writing what must be told, and noting that the background is alive."""

from datetime import datetime

from django.utils import timezone

from notifications.models import Heartbeat, OutboxMessage


def enqueue(*, topic: str, subject: str, payload: dict, due_at: datetime | None = None) -> OutboxMessage:
    """Write one outbox row in the caller's transaction; delivery claims it from there."""
    return OutboxMessage.objects.create(
        topic=topic, subject=subject, payload=payload, due_at=due_at or timezone.now()
    )


def note_heartbeat(*, name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
