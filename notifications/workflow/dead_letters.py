"""What people do about messages that did not get through, or that are wanted once more."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.person import Person
from notifications.access import out_of_reach
from notifications.models import Delivery, DeliveryState, OutboxMessage
from notifications.workflow.channels import audit, require_administrator
from notifications.workflow.queueing import EXPAND, SEND, destination_of, try_at_once, wake_worker


@transaction.atomic
def send_again(*, by: Person, delivery: Delivery) -> Delivery:
    """Once more from the first attempt, with the same id, so that a receiver knows what it has had already."""
    require_administrator(by)
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("channel", "person")
    delivery = rows.get(pk=delivery.pk)
    if delivery.is_erased:
        raise ValidationError(
            "The text of this e-mail is no longer stored, because it held a one-time link. Create a new link."
        )
    if delivery.state == DeliveryState.WITHDRAWN:
        raise ValidationError("This message was withdrawn, so it was not sent.")
    if out_of_reach([delivery]):
        raise ValidationError("The recipient can no longer see this incident, so the message was not sent.")
    _set_out([delivery])
    delivery.refresh_from_db()
    audit("delivery.sent_again", _told(delivery), by)
    return delivery


@transaction.atomic
def send_dead_again(*, by: Person) -> int:
    """Every message that was given up and may still leave, and every event nobody could read; how many."""
    require_administrator(by)
    rows = Delivery.objects.dead().select_related("channel", "person").defer("content")
    found = list(rows.select_for_update(of=("self",)))
    stays = {delivery.pk for delivery in out_of_reach(found)}
    dead = [delivery for delivery in found if delivery.pk not in stays]
    _set_out(dead)
    events = OutboxMessage.objects.dead().select_for_update()
    for message in events:
        _read_again(message)
    count = len(dead) + len(events)
    if count:
        audit("deliveries.sent_again", "All that was given up", by, count=count)
    return count


@transaction.atomic
def drop_delivery(*, by: Person, delivery: Delivery, reason: str) -> None:
    """It will not be sent, and the reason why stays with it."""
    require_administrator(by)
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("channel").get(pk=delivery.pk)
    if delivery.state not in (DeliveryState.DEAD, DeliveryState.WAITING):
        raise ValidationError("This message is not waiting any more.")
    delivery.state, delivery.answer = DeliveryState.WITHDRAWN, f"Discarded: {reason}"[:200]
    if delivery.is_secret:
        delivery.erase()
    delivery.save(update_fields=["state", "answer", "content"])
    audit("delivery.dropped", _told(delivery), by, reason=reason)


@transaction.atomic
def read_event_again(*, by: Person, message: OutboxMessage) -> None:
    require_administrator(by)
    message = OutboxMessage.objects.dead().select_for_update().get(pk=message.pk)
    _read_again(message)
    audit("event.read_again", f"{message.topic} {message.pk}", by)


@transaction.atomic
def drop_event(*, by: Person, message: OutboxMessage, reason: str) -> None:
    """Discard this event without notifying anyone."""
    require_administrator(by)
    message = OutboxMessage.objects.dead().select_for_update().get(pk=message.pk)
    message.done_at, message.dead_at = timezone.now(), None
    message.last_error = f"Discarded: {reason}"[:200]
    message.save(update_fields=["done_at", "dead_at", "last_error"])
    audit("event.dropped", f"{message.topic} {message.pk}", by, reason=reason)


def _set_out(deliveries: list[Delivery]) -> None:
    now = timezone.now()
    going: dict[str, list[Any]] = defaultdict(list)
    for delivery in deliveries:
        going[destination_of(delivery)].append(delivery.pk)
    for destination, pks in going.items():
        Delivery.objects.filter(pk__in=pks).update(
            state=DeliveryState.WAITING,
            attempts=0,
            lease_until=None,
            token=F("token") + 1,  # whoever still holds an older one may not say any more how it went
            due_at=now,
            try_at=now,
            destination=destination,
        )
        try_at_once(destination)
    wake_worker(SEND)


def _read_again(message: OutboxMessage) -> None:
    message.dead_at, message.attempts, message.try_at = None, 0, timezone.now()
    message.save(update_fields=["dead_at", "attempts", "try_at"])
    wake_worker(EXPAND)


def _told(delivery: Delivery) -> str:
    """Without a word of what it says: the audit trail has other readers."""
    return f"{delivery.get_kind_display()} {delivery.pk}"
