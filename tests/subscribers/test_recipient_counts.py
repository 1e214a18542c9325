"""How many recipients an update has, and how it is sent: does the composer say what then happens?"""

import pytest

from incidents.workflow import join_incident
from notifications.models import Channel, OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import NotificationKind, Subscription
from subscribers.recipients import recipient_counts, ways_sent


@pytest.fixture
def crowd(incident, commander, responder, stakeholder, outsider, admin, outside, channel, prefer):
    join_incident(incident=incident, by=responder)
    prefer(responder, by_mail=[NotificationKind.UPDATES])
    Subscription.objects.create(person=outsider, audience="executives")
    outside("kim@elsewhere.test", audience="public")
    outside("lou@elsewhere.test", audience="public")
    outside("lou@elsewhere.test", audience="stakeholders")
    channel("#incidents")
    channel("Hook", kind="webhook", audience="public")
    return incident


def test_each_counts_once_for_each_audience(crowd):
    assert recipient_counts(crowd) == {
        "public": 3,  # kim, lou, the hook
        "stakeholders": 5,  # commander, responder, stakeholder, lou, #incidents
        "executives": 2,  # the one of every test and one more
        "responders": 3,  # commander, responder, #incidents
    }


def test_says_how_it_leaves(crowd):
    assert ways_sent(crowd, ["public", "stakeholders"]) == [
        ("mail", "E-mail", "4 people, each once"),
        ("inbox", "Inbox", "3 people"),
        ("hash", "#incidents, Hook", "2 channels"),
    ]
    assert ways_sent(crowd, ["executives"]) == [("inbox", "Inbox", "1 person")]


def test_what_it_says_is_what_leaves(crowd, admin, post):
    Channel.objects.filter(name="Hook").update(is_active=False)
    ways = {label: detail for _icon, label, detail in ways_sent(crowd, ["public", "stakeholders"])}
    post(crowd, "public", "stakeholders", by=admin)  # who wrote it was not among the readers
    message = OutboxMessage.objects.get(topic="status_update.posted")
    consume(message)
    assert ways["E-mail"].startswith(f"{message.deliveries.filter(kind='mail').count()} ")
    assert ways["Inbox"].startswith(f"{message.notices.count()} ")
    assert ways["#incidents"] == "1 channel"


def test_nobody_is_said_as_nothing(incident, commander):
    assert ways_sent(incident, ["public"]) == []


def test_nothing_outside_a_private_incident(private_incident, outside, channel, stakeholder):
    outside("kim@elsewhere.test", audience="stakeholders")
    channel("#incidents")
    assert recipient_counts(private_incident) == {
        "public": 0, "stakeholders": 1, "executives": 0, "responders": 1,
    }  # fmt: skip


def test_says_that_no_mail_leaves_without_a_mail_server(crowd, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert ways_sent(crowd, ["public", "stakeholders"])[0] == (
        "triangle-alert",
        "E-mail is not sent",
        "no mail server",
    )
