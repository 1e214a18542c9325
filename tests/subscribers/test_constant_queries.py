"""Does telling two hundred cost as many queries as telling two?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from events.retrospectives import RetrospectivePublished
from notifications.models import Channel, Delivery, OutboxMessage
from notifications.workflow import enqueue
from retros.models import Retrospective
from subscribers.announcements import retrospectives
from subscribers.announcements.routing import consume
from subscribers.models import Notice, OutsideAddress, Subscription
from subscribers.recipients import recipient_counts, ways_sent


def crowd(size: int, name: str) -> None:
    people = User.objects.bulk_create(
        User(
            email=f"{name}{n}@example.test",
            name=f"{name} {n}",
            installation_role="stakeholder" if n % 2 else "responder",
        )
        for n in range(size)
    )
    addresses = OutsideAddress.objects.bulk_create(
        OutsideAddress(email=f"{name}{n}@elsewhere.test", confirmed_at=timezone.now()) for n in range(size)
    )
    channels = Channel.objects.bulk_create(
        Channel(name=f"#{name}{n}", kind="chat", url="x") for n in range(size // 10)
    )
    Subscription.objects.bulk_create(
        [
            *(Subscription(person=p, audience=a) for p in people for a in ("stakeholders", "responders")),
            *(Subscription(outside=o, audience="public") for o in addresses),
            *(Subscription(channel=c, audience="responders") for c in channels),
        ]
    )


def queries_of(work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len([q for q in queries if "SAVEPOINT" not in q["sql"]])


def test_routing(incident, post):
    counts = []
    for size, name in ((2, "few"), (200, "many")):
        crowd(size, name)
        post(incident, "stakeholders", "public", "responders")
        message = OutboxMessage.objects.filter(topic="status_update.posted").latest("created_at")
        counts.append(queries_of(lambda message=message: consume(message)))
        if name == "many":
            assert Notice.objects.filter(message=message).count() >= 200
            assert Delivery.objects.filter(message=message).count() >= 300
    assert counts[0] == counts[1] <= 10


def test_counting_for_the_composer(incident):
    crowd(200, "many")

    def ask():
        assert recipient_counts(incident)["stakeholders"] >= 200
        assert ways_sent(incident, ["public", "stakeholders"])

    assert queries_of(ask) <= 3


@pytest.mark.parametrize("path", ["/inbox/", "/settings/notifications/"])
def test_pages(client, stakeholder, incident, commander, post, path):
    client.force_login(stakeholder)
    client.get("/")
    counts = []
    for size in (1, 30):
        Notice.objects.bulk_create(
            Notice(person=stakeholder, incident=incident, kind="duty", title="x", url="/")
            for _n in range(size)
        )
        incidents = [incident] if size == 1 else []
        Subscription.objects.bulk_create(
            Subscription(person=stakeholder, incident=i, audience="stakeholders") for i in incidents
        )
        counts.append(queries_of(lambda: client.get(path)))
    assert counts[0] == counts[1] <= 12


def test_a_published_retrospective(incident, commander):
    counts = []
    for size, name in ((2, "few"), (60, "many")):
        retrospective = Retrospective.objects.create(title=name, owner=commander, status="published")
        people = User.objects.bulk_create(
            User(email=f"{name}{n}@team.test", name=f"{name} {n}", installation_role="responder")
            for n in range(size)
        )
        event = RetrospectivePublished(by=commander.pk, number=1, recipients=[person.pk for person in people])
        message = enqueue(
            event=event, subject=retrospective.chain, about={"retrospective": retrospective.pk, "source": ""}
        )
        counts.append(queries_of(lambda message=message: retrospectives.consume(message)))
        assert Notice.objects.filter(message=message).count() == size
    assert counts[0] == counts[1]
