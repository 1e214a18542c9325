"""Makes a mail and a webhook of every event of these tests, as the product's consumers do of its own."""

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
