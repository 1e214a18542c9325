"""Events to the webhooks that chose them, with the body that `GET /api/v1/events` tells."""

from collections.abc import Sequence
from typing import Any

from api.shapes.events import told_event
from events.event import BY_NAME
from incidents.models import AffectedService
from notifications.access import out_of_reach
from notifications.kinds import DeliveryKind
from notifications.models import Channel, Delivery, OutboxMessage
from notifications.workflow import deliver


def consume(message: OutboxMessage) -> None:
    """A consumer of the outbox (settings.OUTBOX_CONSUMERS); again, it adds nothing.

    Nothing private is sent: that is asked here, and once more when it leaves.
    """
    event = BY_NAME.get(message.topic)
    if event is None or not event.is_public or message.is_replayed:
        return
    send_now([message])


def send_now(messages: Sequence[OutboxMessage]) -> None:
    """Put public events on their way to the webhooks that chose them, in the caller's transaction.

    Where no webhook did, one query is all it takes.
    """
    topics = sorted({message.topic for message in messages})
    wanting = list(Channel.objects.listed().filter(kind=DeliveryKind.WEBHOOK, events__overlap=topics))
    deliveries = []
    for message in messages if wanting else ():
        wants = [one for one in wanting if message.topic in one.events and _is_about(message, one.services)]
        if wants:
            content = _content(message)
            deliveries += [_delivery(message, channel, content) for channel in wants]
    hidden = {delivery.key for delivery in out_of_reach(deliveries)} if deliveries else set()
    if left := [delivery for delivery in deliveries if delivery.key not in hidden]:
        deliver(*left)


def _delivery(message: OutboxMessage, channel: Channel, content: dict[str, Any]) -> Delivery:
    return Delivery(
        key=f"event:{message.pk}:{channel.pk}",
        message=message,
        kind=DeliveryKind.WEBHOOK,
        channel=channel,
        about=message.subject,
        content=content,
        due_at=message.due_at,
    )


def _content(message: OutboxMessage) -> dict[str, Any]:
    """`sequence` grows with each event about one record: whoever gets two out of order can tell."""
    told = told_event(message)
    return {
        "type": message.topic,
        "timestamp": told["occurred_at"],
        "sequence": int(message.created_at.timestamp() * 1_000_000),
        "data": told,
    }


def _is_about(message: OutboxMessage, services: list[str]) -> bool:
    """Whether it is about an alert of one of these services, or an incident that affects or affected one; any, without
    them."""
    if not services:
        return True
    if message.subject.startswith("alert:"):
        return message.payload.get("service") in services
    number = message.subject.removeprefix("incident:")
    if number == message.subject:
        return False
    return AffectedService.objects.filter(incident=int(number), service__slug__in=services).exists()
