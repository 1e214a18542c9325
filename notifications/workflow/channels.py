"""Channels: which places outside receive events of incidents. Administrators only; every change is in the installation's audit trail."""

import base64
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from audit.workflow import INSTALLATION, record_audit
from core.person import Person
from events.catalogue import BY_NAME
from notifications.kinds import DeliveryKind
from notifications.models import Channel, Delivery
from notifications.workflow.queueing import deliver, destination_of, try_at_once

OLD_SECRET_SIGNS = timedelta(hours=24)
TEST = "This is a test from Allclear. Nothing has happened."
GONE = "The receiver answered 410 (gone). Nothing more is sent there"


@transaction.atomic
def add_channel(*, by: Person, name: str, kind: str, url: str) -> Channel:
    """A webhook gets a secret that signs what it is sent; read it from `secret` to show it this once."""
    require_administrator(by)
    channel = Channel(name=name, kind=kind, url=url)
    if kind == DeliveryKind.WEBHOOK:
        channel.secret = new_secret()
    channel.full_clean()
    channel.save()
    audit("channel.added", channel, by, kind=channel.get_kind_display(), address=channel.shown_address)
    return channel


@transaction.atomic
def change_channel(*, by: Person, channel: Channel, name: str, url: str = "") -> Channel:
    """An empty `url` leaves the address as it is: nobody has to see it to change the name."""
    require_administrator(by)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    changes = {}
    if name != channel.name:
        changes["name"] = [channel.name, name]
    if url and url != channel.url:
        changes["address"] = [channel.shown_address, _shown(channel.kind, url)]
    if not changes:
        return channel
    channel.name, channel.url = name, url or channel.url
    channel.full_clean()
    channel.save()
    destination = destination_of(Delivery(kind=channel.kind, channel=channel))
    Delivery.objects.waiting().filter(channel=channel).update(destination=destination)
    audit("channel.changed", channel, by, **changes)
    return channel


@transaction.atomic
def choose_events(
    *,
    by: Person,
    channel: Channel,
    events: Iterable[str],
    services: Iterable[str] = (),
    body_format: str = "",
) -> Channel:
    """What a webhook gets as it happens: events by name, of incidents that affect one of `services` (slugs) or of all.

    Raises ValidationError for another kind of channel and for a name that the catalogue does not make public.
    """
    require_administrator(by)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if channel.kind != DeliveryKind.WEBHOOK:
        raise ValidationError(
            "Only webhooks get events as they happen. Subscribe a chat channel to incidents."
        )
    wanted = {
        "events": sorted(set(events)),
        "services": sorted(set(services)),
        "body_format": body_format or channel.body_format,
    }
    for name in wanted["events"]:
        if name not in BY_NAME or not BY_NAME[name].is_public:
            raise ValidationError({"events": f"There is no event “{name}”."})
    changes = {
        name: [str(getattr(channel, name)), str(value)]
        for name, value in wanted.items()
        if value != getattr(channel, name)
    }
    for name, value in wanted.items():
        setattr(channel, name, value)
    channel.full_clean()
    channel.save(update_fields=list(wanted))
    if changes:
        audit("channel.events_chosen", channel, by, **changes)
    return channel


@transaction.atomic
def rotate_secret(*, by: Person, channel: Channel) -> Channel:
    """A new secret; the old one signs as well for a day, so that the receiver can be changed in peace."""
    require_administrator(by)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if channel.kind != DeliveryKind.WEBHOOK:
        raise ValidationError("Only webhooks are signed with a secret of ours.")
    channel.previous_secret, channel.previous_secret_until = channel.secret, timezone.now() + OLD_SECRET_SIGNS
    channel.secret = new_secret()
    channel.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    audit("channel.secret_rotated", channel, by)
    return channel


@transaction.atomic
def pause_channel(*, by: Person | None, channel: Channel, because: str = "") -> None:
    """Nothing leaves for it until it is resumed; what is due meanwhile waits. `by` is None for Allclear itself."""
    if by is not None:
        require_administrator(by)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if channel.is_active:
        channel.is_active, channel.paused_because = False, because
        channel.save(update_fields=["is_active", "paused_because"])
        audit("channel.paused", channel, by, because=because)


@transaction.atomic
def resume_channel(*, by: Person, channel: Channel) -> None:
    require_administrator(by)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if not channel.is_active:
        channel.is_active, channel.paused_because = True, ""
        channel.save(update_fields=["is_active", "paused_because"])
        audit("channel.resumed", channel, by)


@transaction.atomic
def delete_channel(*, by: Person, channel: Channel) -> None:
    """With the record of what it was sent."""
    require_administrator(by)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    audit("channel.deleted", channel, by, address=[channel.shown_address, None])
    channel.delete()


@transaction.atomic
def try_channel(*, by: Person, channel: Channel) -> Delivery:
    """Send something harmless the same way as everything else."""
    require_administrator(by)
    content = (
        {"type": "channel.test", "data": {"text": TEST, "channel": channel.name}}
        if channel.kind == DeliveryKind.WEBHOOK
        else {"title": "Allclear test", "body": TEST, "url": settings.PUBLIC_URL}
    )
    delivery = Delivery(
        key=f"test:{uuid4()}", kind=channel.kind, channel=channel, about="test", content=content
    )
    deliver(delivery)
    try_at_once(delivery.destination)
    return delivery


@transaction.atomic
def send_test_mail(*, by: Person) -> Delivery:
    """To whoever asks for it, so that nobody else is bothered."""
    require_administrator(by)
    delivery = Delivery(
        key=f"test:{uuid4()}",
        kind=DeliveryKind.MAIL,
        address=by.email,
        person_id=by.pk,
        about="test",
        content={"subject": "Allclear test", "text": f"{TEST}\n\n{settings.PUBLIC_URL}\n"},
    )
    deliver(delivery)
    try_at_once(delivery.destination)
    return delivery


def require_administrator(by: Person) -> None:
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change channels and deliveries.")


def audit(action: str, subject: Any, by: Person | None, **changes: Any) -> None:
    record_audit(chain=INSTALLATION, action=action, subject=str(subject)[:200], by=by, changes=changes)


def new_secret() -> str:
    """192 bits, written as Standard Webhooks asks for."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _shown(kind: str, url: str) -> str:
    return Channel(kind=kind, url=url).shown_address
