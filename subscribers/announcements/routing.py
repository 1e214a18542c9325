"""From one thing that happened to one delivery per address and one line per inbox, whatever the paths."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core.notify import notify_people
from incidents.models import Incident
from incidents.models.people import people_reaching
from notifications.kinds import DeliveryKind
from notifications.models import Channel, Delivery, DeliveryState, OutboxMessage
from notifications.workflow import deliver
from subscribers import messages
from subscribers.announcements.incidents import story_of
from subscribers.models import Notice
from subscribers.quiet_hours import quiet_until
from subscribers.recipients import IN_CHARGE, Recipient, recipients_of

LEFT_REACH = {"visibility.changed", "participation.removed"}


@transaction.atomic
def consume(message: OutboxMessage) -> None:
    """Write what `message` means for everybody; a second time changes nothing. No network, and a number of
    queries that does not grow with the recipients."""
    if "incident" not in message.payload or message.payload.get("source") == Incident.Source.REPLAY:
        return
    incident = Incident.objects.with_people().filter(pk=message.payload["incident"]).first()
    if incident is None:
        return
    if message.topic in LEFT_REACH:
        _call_back(incident)
    story = story_of(message, incident)
    if story is None:
        return
    recipients = [
        r for r in recipients_of(incident, people=story.only or (), askers=story.askers) if story.is_for(r)
    ]
    writer = messages.Writer(message, incident, story)
    deliver(*_deliveries(writer, recipients))
    _fill_inboxes(writer, recipients)


def _deliveries(writer: messages.Writer, recipients: Iterable[Recipient]) -> list[Delivery]:
    deliveries: dict[str, Delivery] = {}
    for recipient in recipients:
        delivery = _to_channel(writer, recipient) if recipient.channel else _mail(writer, recipient)
        if delivery is not None:
            deliveries.setdefault(delivery.key, delivery)
    if not writer.incident.is_private:
        for address in writer.story.addresses:
            delivery = _delivery(writer, DeliveryKind.MAIL, address=address)
            delivery.content = writer.mail(address=address)
            deliveries.setdefault(delivery.key, delivery)
    return list(deliveries.values())


def _to_channel(writer: messages.Writer, recipient: Recipient) -> Delivery:
    channel = recipient.channel
    assert channel is not None
    delivery = _delivery(writer, channel.kind, channel=channel)
    delivery.content = (
        writer.chat(recipient) if channel.kind == DeliveryKind.CHAT else writer.webhook(recipient)
    )
    return delivery


def _mail(writer: messages.Writer, recipient: Recipient) -> Delivery | None:
    if recipient.person and not recipient.preference.wants("by_mail", writer.story.kind):
        return None
    owner = recipient.person or recipient.outside
    assert owner is not None
    delivery = _delivery(writer, DeliveryKind.MAIL, address=owner.email, person=recipient.person)
    delivery.content = writer.mail(recipient, address=owner.email)
    held = _held_until(writer, recipient)
    if held:
        delivery.due_at = max(held, delivery.due_at)
    return delivery


def _delivery(
    writer: messages.Writer,
    kind: str,
    *,
    channel: Channel | None = None,
    address: str = "",
    person: User | None = None,
) -> Delivery:
    end = f"channel:{channel.pk}" if channel else f"mail:{address.lower()}"
    return Delivery(
        key=f"{writer.message.pk}:{end}",
        message=writer.message,
        kind=kind,
        about=writer.incident.chain,
        group=writer.story.group,
        due_at=max(writer.now, writer.story.not_before or writer.now),
        channel=channel,
        address=address,
        person=person,
    )


def _held_until(writer: messages.Writer, recipient: Recipient) -> datetime | None:
    """The end of a person's quiet hours, unless it is their duty: a SEV1 wakes those in charge of it."""
    if recipient.person is None or writer.story.is_urgent:
        return None
    if writer.incident.severity.rank == 1 and recipient.roles & IN_CHARGE:
        return None
    wish = recipient.preference
    return quiet_until(start=wish.quiet_from, end=wish.quiet_to, zone=recipient.person.zone, now=writer.now)


def _fill_inboxes(writer: messages.Writer, recipients: Iterable[Recipient]) -> None:
    kind = writer.story.kind
    notices = [
        Notice(
            person=recipient.person,
            message=writer.message,
            incident=writer.incident,
            kind=kind,
            title=writer.subject(recipient)[:250],
            text=writer.summary(recipient)[:500],
            url=writer.path,
            pops=recipient.preference.wants("in_browser", kind) and _held_until(writer, recipient) is None,
        )
        for recipient in recipients
        if recipient.person and recipient.preference.wants("in_inbox", kind)
    ]
    if notices:
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        notify_people(people={n.person_id for n in notices}, what="inbox")


def _call_back(incident: Incident) -> None:
    """What has not left and is out of its reader's reach by now never leaves, not even by sending it once more."""
    if not incident.is_private:
        return
    unsent = [DeliveryState.WAITING, DeliveryState.DEAD]
    kept = Delivery.objects.filter(about=incident.chain, state__in=unsent)
    reachable = people_reaching(incident).values("pk")
    kept.filter(Q(person__isnull=True) | ~Q(person__in=reachable)).update(state=DeliveryState.WITHDRAWN)
