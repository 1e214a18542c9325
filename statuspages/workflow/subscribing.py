"""Subscribing from outside: asked for by anybody, in force once the address has answered, ended by one click."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone

from notifications.kinds import DeliveryKind
from notifications.models import Channel, Delivery
from notifications.workflow import deliver, withdraw_of
from notifications.workflow.channels import new_secret
from statuspages import mails
from statuspages.models import Component, PageSubscriber, StatusPage, SubscriberKind

CONFIRM_SALT, LEAVE_SALT = "status page: confirm", "status page: unsubscribe"
ENDPOINT_SALT = "status page: confirm endpoint"
CONFIRM_WITHIN = timedelta(days=3)
ASK_AGAIN_AFTER = timedelta(minutes=10)
FORGET_AFTER = timedelta(days=7)


class LinkClosed(LookupError):  # noqa: N818 - a state of the link, told to a person
    """The link has expired, was changed, or belongs to a subscription that is gone."""


@transaction.atomic
def request_subscription(
    *, page: StatusPage, address: str, components: Iterable[Component] = (), url: str = ""
) -> None:
    """Send a link to `address`. Nobody learns from this whether it is subscribed: the same happens either way.

    What was chosen travels in the link, so that only who reads that mail can change a subscription.
    """
    kind = SubscriberKind.WEBHOOK if url else SubscriberKind.MAIL
    row = PageSubscriber(page=page, kind=kind, address=address, url=url)
    PageSubscriber.objects.bulk_create([row], ignore_conflicts=True)  # somebody may ask at this very moment
    subscriber = page.subscribers.get(kind=kind, address__iexact=address, url=url)
    chosen = [c.pk for c in components]
    token = signing.dumps({"subscriber": subscriber.pk, "components": chosen}, salt=CONFIRM_SALT)
    place = int(timezone.now().timestamp() // ASK_AGAIN_AFTER.total_seconds())
    # Whatever is asked for: one mail to an address, as it is a stranger who gives it.
    digest = sha256(address.lower().encode()).hexdigest()[:32]
    deliver(
        Delivery(
            key=f"subscription:{page.pk}:{digest}:{place}",
            kind=DeliveryKind.MAIL,
            address=address,
            about=f"status page:{page.pk}",
            content=mails.confirmation(page, f"{page.root}/subscribe/{token}", url),
        )
    )


@transaction.atomic
def request_webhook(*, page: StatusPage, url: str, components: Iterable[Component] = ()) -> None:
    """Where no e-mail is sent: ask the endpoint alone. It gets the secret, too, as a page would show that to anybody.

    An endpoint that is subscribed is not asked again: nobody else changes what it receives. What was chosen travels in
    the address that the endpoint requests, as in `request_subscription`.
    """
    if page.subscribers.confirmed().filter(url=url).exists():
        return
    row = PageSubscriber(page=page, kind=SubscriberKind.WEBHOOK, url=url)
    PageSubscriber.objects.bulk_create([row], ignore_conflicts=True)  # somebody may ask at this very moment
    rows = page.subscribers.select_for_update(of=("self",)).select_related("channel")
    subscriber = rows.get(kind=SubscriberKind.WEBHOOK, address="", url=url)
    subscriber.channel = _open_channel(subscriber)
    subscriber.save(update_fields=["channel", "endpoint_confirmed_at"])
    _ask_endpoint(subscriber, components=[c.pk for c in components], secret=subscriber.channel.secret)


def asked_for(*, page: StatusPage, token: str) -> tuple[PageSubscriber, list[int]]:
    """Whom a link of a mail belongs to, and what was chosen. Raises LinkClosed."""
    try:
        asked = signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature as error:
        raise LinkClosed from error
    subscriber = page.subscribers.filter(pk=asked["subscriber"]).first()
    if subscriber is None or not _is_there(page, asked["components"]):
        raise LinkClosed
    return subscriber, asked["components"]


@transaction.atomic
def confirm_subscription(*, page: StatusPage, token: str) -> PageSubscriber:
    """The address has answered: from now on it receives messages, a webhook once its endpoint confirms too.

    Raises LinkClosed.
    """
    subscriber, chosen = asked_for(page=page, token=token)
    components = list(page.components.filter(pk__in=chosen))
    rows = PageSubscriber.objects.select_for_update(of=("self",)).select_related("channel")
    subscriber = rows.get(pk=subscriber.pk)
    if subscriber.confirmed_at is None:
        subscriber.confirmed_at = timezone.now()
    if subscriber.kind == SubscriberKind.WEBHOOK:
        subscriber.channel = _open_channel(subscriber)
    subscriber.hears_all = not chosen
    subscriber.save(update_fields=["confirmed_at", "channel", "hears_all", "endpoint_confirmed_at"])
    subscriber.components.set(components)
    if subscriber.channel and subscriber.endpoint_confirmed_at is None:
        _ask_endpoint(subscriber)
    return subscriber


def _ask_endpoint(subscriber: PageSubscriber, *, components: list[int] | None = None, **more: str) -> None:
    """Send the endpoint an address that it has to request: who reads the mail may not own the endpoint.

    With `components` the subscription is to those from then on; without, what a mail has confirmed stays.
    """
    token = signing.dumps([subscriber.pk, components], salt=ENDPOINT_SALT)
    place = int(timezone.now().timestamp() // ASK_AGAIN_AFTER.total_seconds())
    page = subscriber.page
    data = {
        "page": {"name": page.name, "url": page.root},
        "confirm_url": f"{page.root}/subscribe/endpoint/{token}",
        "unsubscribe": leaving_link(subscriber),
    } | more
    deliver(
        Delivery(
            key=f"endpoint:{subscriber.pk}:{place}",
            kind=DeliveryKind.WEBHOOK,
            channel=subscriber.channel,
            about=f"status page:{page.pk}",
            content={"type": "subscription.confirmation", "data": data},
        )
    )


@transaction.atomic
def confirm_endpoint(*, page: StatusPage, token: str) -> PageSubscriber:
    """The endpoint has requested the address it was sent. Raises LinkClosed."""
    try:
        asked = signing.loads(token, salt=ENDPOINT_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature as error:
        raise LinkClosed from error
    pk, chosen = asked if isinstance(asked, list) else (asked, None)  # sent by 0.1, it is the number alone
    subscriber = page.subscribers.select_for_update().filter(pk=pk).first()
    if subscriber is None or (chosen and not _is_there(page, chosen)):
        raise LinkClosed
    if subscriber.endpoint_confirmed_at is None:
        subscriber.endpoint_confirmed_at = timezone.now()
        subscriber.confirmed_at = subscriber.confirmed_at or subscriber.endpoint_confirmed_at
        if chosen is not None:
            subscriber.hears_all = not chosen
            subscriber.components.set(page.components.filter(pk__in=chosen))
        subscriber.save(update_fields=["confirmed_at", "endpoint_confirmed_at", "hears_all"])
    return subscriber


def _open_channel(subscriber: PageSubscriber) -> Channel:
    """The channel of a webhook. One that wanted no more and is asked for again has to confirm again."""
    channel = subscriber.channel
    if channel is None:
        return Channel.objects.create(
            name=f"Status page subscriber {subscriber.pk}",
            kind=DeliveryKind.WEBHOOK,
            is_listed=False,
            url=subscriber.url,
            secret=new_secret(),
        )
    if not channel.is_active:
        withdraw_of(channel=channel)
        subscriber.endpoint_confirmed_at = None
        channel.is_active, channel.paused_because = True, ""
        channel.save(update_fields=["is_active", "paused_because"])
    return channel


def leaving_link(subscriber: PageSubscriber) -> str:
    return f"{subscriber.page.root}/unsubscribe/{signing.dumps(subscriber.pk, salt=LEAVE_SALT)}"


@transaction.atomic
def end_subscription(*, page: StatusPage, token: str) -> None:
    """By the link in a mail. One that has ended already stays ended: the answer is the same. Raises LinkClosed."""
    try:
        pk = signing.loads(token, salt=LEAVE_SALT)
    except signing.BadSignature as error:
        raise LinkClosed from error
    for subscriber in page.subscribers.filter(pk=pk):
        forget(subscriber)


@transaction.atomic
def forget_unanswered() -> int:
    """Addresses that never confirmed are not kept."""
    rows: Any = PageSubscriber.objects.unconfirmed_since(timezone.now() - FORGET_AFTER)
    Channel.objects.filter(page_subscriber__in=rows).delete()
    forgotten: int = rows.delete()[0]
    return forgotten


def _is_there(page: StatusPage, chosen: list[int]) -> bool:
    """Whether anything of what was chosen is still on the page; who chose nothing gets all of it."""
    return not chosen or page.components.filter(pk__in=chosen).exists()


def forget(subscriber: PageSubscriber) -> None:
    if subscriber.channel:
        subscriber.channel.delete()
    subscriber.delete()
