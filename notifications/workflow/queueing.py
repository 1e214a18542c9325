"""Writing what must be sent, in the transaction of the change; PostgreSQL wakes a worker when it commits."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from events.event import Event
from notifications.kinds import DeliveryKind
from notifications.models import Delivery, DeliveryState, Destination, OutboxMessage

EXPAND = "notifications.tasks.expand_due_events"
SEND = "notifications.tasks.send_due_deliveries"
WORK_CHANNEL = "allclear_work"


def enqueue(
    *,
    event: Event,
    subject: str,
    about: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    notification: tuple[str, str] | None = None,
) -> OutboxMessage:
    """Write one outbox row in the caller's transaction; consumers are asked about it from there.

    `subject` is the audit chain of what it is about, `about` its id and what else consumers need of it.

    `notification` (channel, payload) is sent in the same statement, for the screens that are open.
    """
    message = new_message(event=event, subject=subject, about=about, due_at=due_at)
    enqueue_all([message], *filter(None, [notification]))
    return message


def new_message(
    *, event: Event, subject: str, about: dict[str, Any] | None = None, due_at: datetime | None = None
) -> OutboxMessage:
    """An outbox row not stored yet, for `enqueue_all`."""
    due_at = due_at or timezone.now()
    payload = (about or {}) | event.payload()
    return OutboxMessage(topic=event.name, subject=subject, payload=payload, due_at=due_at, try_at=due_at)


def enqueue_all(messages: Sequence[OutboxMessage], *notifications: tuple[str, str]) -> None:
    """Store at least one row, wake a worker and notify (channel, payload), all in one statement of the transaction.

    Every row would send every notification: PostgreSQL sends equal ones of a transaction once.
    """
    now = timezone.now()
    work = EXPAND if any(message.due_at <= now for message in messages) else ""
    calls = [(WORK_CHANNEL, work), *notifications]
    fields = OutboxMessage._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    table = connection.ops.quote_name(OutboxMessage._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(  # the names are our own model's
            f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * len(messages))}"  # noqa: S608
            f" RETURNING {', '.join(['pg_notify(%s, %s)'] * len(calls))}",
            [
                *(f.get_db_prep_save(f.pre_save(m, True), connection) for m in messages for f in fields),
                *(word for call in calls for word in call),
            ],
        )
    for message in messages:
        message._state.adding = False


def deliver(*deliveries: Delivery) -> None:
    """Put messages on their way in the caller's transaction; a key that is there already is not sent again.

    What comes from a recorded day is told to nobody.
    """
    told = [d for d in deliveries if d.message is None or not d.message.is_replayed]
    for delivery in told:
        delivery.try_at = delivery.due_at
        delivery.destination = destination_of(delivery)
        delivery.lane = _lane(delivery)
    Delivery.objects.bulk_create(told, ignore_conflicts=True)
    if told:
        wake_worker(SEND)


def withdraw(*, group: str) -> int:
    """Nothing of this group that has not left yet will leave; the number of messages called back."""
    return Delivery.objects.waiting().filter(group=group).update(state=DeliveryState.WITHDRAWN)


def withdraw_of(**recipient: Any) -> int:
    """Nothing that has not left yet leaves for this `person` or `channel`."""
    return Delivery.objects.waiting().filter(**recipient).update(state=DeliveryState.WITHDRAWN)


def secret_mail(*, to: str, subject: str, text: str, about: str) -> Delivery:
    """A mail to one address, not stored yet, with something only its reader may know: see `enqueue_mail`."""
    return Delivery(
        key=f"mail:{uuid4()}",
        kind=DeliveryKind.MAIL,
        address=to,
        about=about,
        content={"subject": subject, "text": text, "secret": True},
    )


def enqueue_mail(*, to: str, subject: str, text: str, about: str) -> Delivery:
    """A mail to one address with something only its reader may know: its text is forgotten once it is sent."""
    mail = secret_mail(to=to, subject=subject, text=text, about=about)
    deliver(mail)
    return mail


def destination_of(delivery: Delivery) -> str:
    """Who is behind it: what hangs there must hold up nothing that goes elsewhere. Holds no secret."""
    if delivery.kind == DeliveryKind.MAIL:
        return "mail"
    if delivery.kind == DeliveryKind.CHAT:
        return f"chat:{delivery.channel_id}"
    assert delivery.channel is not None
    parts = urlsplit(delivery.channel.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()[:300]


def try_at_once(destination: str) -> None:
    """Somebody wants to know now: a destination that is left alone for a while is tried all the same."""
    Destination.objects.filter(key=destination).update(held_until=None)


def _lane(delivery: Delivery) -> str:
    if not delivery.about:
        return ""
    recipient = f"channel:{delivery.channel_id}" if delivery.channel_id else delivery.address.lower()
    return hashlib.sha256(f"{recipient}\n{delivery.about}".encode()).hexdigest()


def wake_worker(job: str = "") -> None:
    """Have a worker run `job` (a name in settings.JOBS) once the caller's transaction commits.

    Without a name it only looks again what is due when: enough for what may take a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [WORK_CHANNEL, job])
