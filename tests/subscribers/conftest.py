from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.workflow import post_status_update
from notifications.models import Channel, Delivery, OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import NotificationPreference, OutsideAddress, Subscription


@pytest.fixture
def post(commander):
    """`post(incident, "stakeholders", "public")`: an update that is out, with words of its own for each audience."""

    def run(incident, *audiences, by=None, **more):
        now = timezone.now()
        return post_status_update(
            incident=incident,
            by=by or commander,
            audiences=list(audiences),
            known="The team's words.",
            wordings={a: {"known": f"Words for {a}.", "ask": f"Ask of {a}."} for a in audiences},
            public_title="Payments are slow",
            published_at=now,
            next_update_at=now + timedelta(minutes=20),
            **more,
        )

    return run


@pytest.fixture
def tell(db):
    """`tell(incident)`: consume the newest message about it (of that topic); the deliveries it wrote."""

    def run(incident, topic=""):
        messages = OutboxMessage.objects.filter(subject=incident.chain, topic__startswith=topic)
        message = messages.order_by("-created_at").first()
        consume(message)
        return list(Delivery.objects.filter(message=message))

    return run


@pytest.fixture
def announce(db):
    """`announce(incident, topic, …)`: a message as another part of Allclear writes it."""

    def run(incident, topic, **payload):
        now = timezone.now()
        return OutboxMessage.objects.create(
            topic=topic,
            subject=incident.chain,
            payload={"incident": incident.pk, "source": incident.source, **payload},
            due_at=now,
        )

    return run


@pytest.fixture
def outside(db):
    """`outside("kim@elsewhere.test", audience="public", …)`: an address that has said yes."""

    def run(email, **filters):
        address, _ = OutsideAddress.objects.get_or_create(
            email=email, defaults={"confirmed_at": timezone.now()}
        )
        Subscription.objects.create(outside=address, **{"audience": "public"} | filters)
        return address

    return run


@pytest.fixture
def channel(db):
    """`channel("#incidents", audience="responders", kind="chat", …)`"""

    def run(name, kind="chat", **filters):
        place = Channel.objects.create(name=name, kind=kind, url="https://hooks.example.test/x")
        Subscription.objects.create(channel=place, **{"audience": "responders"} | filters)
        return place

    return run


@pytest.fixture
def prefer(db):
    """`prefer(person, by_mail=[…])`: what is usual, but for what is named."""

    def run(person, **changes):
        wish = NotificationPreference.defaults_for(person)
        for name, value in changes.items():
            setattr(wish, name, value)
        wish.save()
        person.refresh_from_db()
        return wish

    return run


@pytest.fixture
def addresses():
    """The mail addresses among some deliveries, in order."""
    return lambda deliveries: sorted(d.address for d in deliveries if d.kind == "mail")
