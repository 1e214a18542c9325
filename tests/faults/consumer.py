"""Makes a mail and a webhook of every event of these tests, as the product's consumers do of its own."""

import random
from datetime import timedelta

from django.utils import timezone

from notifications.models import Channel, Delivery, OutboxMessage
from notifications.workflow import deliver

TOPIC = "faults.happened"


def consume(message: OutboxMessage) -> None:
    if message.topic != TOPIC:
        return
    address, url = message.payload["mail"], message.payload["url"]
    deliver(
        Delivery(
            key=f"{message.id}:mail:{address}",
            message=message,
            kind="mail",
            address=address,
            about=message.subject,
            content=mail(f"{message.id}:mail:{address}"),
            due_at=message.due_at,
        ),
        Delivery(
            key=f"{message.id}:webhook",
            message=message,
            kind="webhook",
            channel=place(url),
            about=message.subject,
            content=webhook(f"{message.id}:webhook"),
            due_at=message.due_at,
        ),
    )


def place(url: str) -> Channel:
    return Channel.objects.get_or_create(name=url, defaults={"kind": "webhook", "url": url})[0]


def mail(key: str) -> dict:
    return {"subject": "Told", "text": f"key={key}\n", "headers": {"X-Key": key}}


def webhook(key: str) -> dict:
    return {"type": "faults.told", "data": {"key": key}}


def messages_due(url: str, count: int, *, within: float) -> tuple[list[Delivery], dict[str, float]]:
    """As many mails and webhooks at random moments of the next seconds, and by their keys when each is due."""
    now, due, rows = timezone.now(), {}, []
    hears = place(url)
    for n in range(count):
        key, moment = f"other:{n}", now + timedelta(seconds=random.uniform(0, within))
        to = (
            {"kind": "mail", "address": f"p{n}@example.test", "content": mail(key)}
            if n % 2
            else {"kind": "webhook", "channel": hears, "content": webhook(key)}
        )
        rows.append(Delivery(key=key, due_at=moment, **to))
        due[key] = moment.timestamp()
    return rows, due
