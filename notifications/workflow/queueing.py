"""Writing what must be told, in the transaction of the change; ringing the worker once that is committed."""

import hashlib
import threading
import time
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications.models import Delivery, DeliveryKind, DeliveryState, Destination, OutboxMessage

EXPAND = "notifications.tasks.expand_due_events"
SEND = "notifications.tasks.send_due_deliveries"


def enqueue(
    *,
    topic: str,
    subject: str,
    payload: dict,
    due_at: datetime | None = None,
    bell: tuple[str, str] | None = None,
) -> OutboxMessage:
    """Write one outbox row in the caller's transaction; consumers are asked about it from there.

    `bell` (channel, payload) is rung in the same statement, for the screens that are open.
    """
    due_at = due_at or timezone.now()
    message = OutboxMessage(topic=topic, subject=subject, payload=payload, due_at=due_at, try_at=due_at)
    if bell:
        _insert_and_ring(message, bell)
    else:
        message.save(force_insert=True)
    if due_at <= timezone.now():
        transaction.on_commit(partial(ring_worker, EXPAND))
    return message


def _insert_and_ring(message: OutboxMessage, bell: tuple[str, str]) -> None:
    fields = OutboxMessage._meta.concrete_fields
    values = [field.get_db_prep_save(field.pre_save(message, True), connection) for field in fields]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(OutboxMessage._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(  # the names are our own model's
            f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING pg_notify(%s, %s)",  # noqa: S608
            [*values, *bell],
        )
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
    if any(delivery.due_at <= timezone.now() for delivery in told):
        transaction.on_commit(partial(ring_worker, SEND))


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


GATHERED = 0.01  # seconds: what one answer rings for is rung once, when the answer is on its way
_to_ring: set[str] = set()
_ringing, _rung = threading.Lock(), threading.Event()


def ring_worker(task: str) -> None:
    """Ask for a sweep now, without waiting for the broker. Nobody there to hear it is no harm: work is swept anyway."""
    with _ringing:
        _to_ring.add(task)
        _rung.set()
        if not any(thread.name == "ring" for thread in threading.enumerate()):
            threading.Thread(target=_keep_ringing, name="ring", daemon=True).start()


def _keep_ringing() -> None:
    """One thread of a process that rings at all: to start one for each ring would keep each answer waiting."""
    while _rung.wait():
        time.sleep(GATHERED)
        with _ringing:
            tasks = sorted(_to_ring)
            _to_ring.clear()
            _rung.clear()
        _ring(tasks)


def _ring(tasks: list[str]) -> None:
    for task in tasks:
        try:
            current_app.send_task(task)
        except (OperationalError, OSError):
            return
