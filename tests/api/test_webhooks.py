"""Which events do webhooks get, and can receivers' own libraries read them?"""

import json
from itertools import count

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from django.core.exceptions import PermissionDenied, ValidationError
from standardwebhooks import Webhook

from api.shapes.events import PUBLIC
from events.event import BY_NAME
from events.json_schema import schema_of
from incidents.models import Service
from incidents.workflow import change_severity, change_visibility, declare_incident
from notifications.access import out_of_reach
from notifications.channels.webhook import _body, signed
from notifications.models import BodyFormat, Delivery, DeliveryState
from notifications.tasks import expand_due_events
from notifications.workflow import add_channel, choose_events, rotate_secret

NAMES = count(1)


@pytest.fixture
def webhook(admin):
    def made(*events, **options):
        channel = add_channel(
            by=admin, name=f"Receiver {next(NAMES)}", kind="webhook", url="https://receiver.example.test/in"
        )
        return choose_events(by=admin, channel=channel, events=events, **options)

    return made


def sent(channel) -> list[dict]:
    expand_due_events()
    rows = Delivery.objects.filter(channel=channel, key__startswith="event:").order_by("created_at")
    return [row.content for row in rows]


def test_only_what_was_chosen(webhook, incident, commander, severity):
    channel = webhook("severity.changed")
    change_severity(incident=incident, severity=severity(1), by=commander, reason="Worse")
    (content,) = sent(channel)
    assert content["type"] == "severity.changed"
    assert content["data"]["incident"] == incident.reference
    assert content["data"]["data"]["severity"] == "SEV1"
    expand_due_events()
    assert len(sent(channel)) == 1


def test_every_public_event_can_be_chosen_and_no_other(webhook, admin):
    assert webhook(*PUBLIC).events == PUBLIC
    with pytest.raises(ValidationError, match=r"learning\.dot_given"):
        webhook("learning.dot_given")


def test_only_administrators_choose(webhook, responder):
    with pytest.raises(PermissionDenied):
        choose_events(by=responder, channel=webhook(), events=[])


def test_nothing_of_what_is_private(webhook, private_incident, incident, commander, severity):
    channel = webhook("incident.declared", "severity.changed")
    change_severity(incident=private_incident, severity=severity(1), by=commander, reason="Worse")
    assert [c["data"]["incident"] for c in sent(channel)] == [incident.reference]
    change_visibility(incident=incident, is_private=True, by=commander)
    waiting = Delivery.objects.filter(channel=channel, state=DeliveryState.WAITING)

    assert out_of_reach(waiting) == list(waiting)


def test_of_chosen_services_only(webhook, commander, severity):
    payments = Service.objects.create(name="Payments", slug="payments")
    channel = webhook("incident.declared", services=["payments"])
    declare_incident(by=commander, title="Mail is late", severity=severity(3))
    mine = declare_incident(by=commander, title="Cards fail", severity=severity(3), services=[payments])
    assert [content["data"]["incident"] for content in sent(channel)] == [mine.reference]


def test_the_sequence_grows(webhook, incident, commander, severity):
    channel = webhook("severity.changed")
    for rank in (1, 3, 1):
        change_severity(incident=incident, severity=severity(rank), by=commander, reason="It changed")
    sequences = [content["sequence"] for content in sent(channel)]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 3


def _delivery(webhook, admin, incident, commander, severity, body_format):
    channel = webhook("severity.changed", body_format=body_format)
    change_severity(incident=incident, severity=severity(1), by=commander, reason="Worse")
    sent(channel)
    rotated = rotate_secret(by=admin, channel=channel)
    return rotated, Delivery.objects.get(channel=channel)


@pytest.mark.parametrize("body_format", BodyFormat.values)
def test_both_secrets_sign_for_the_library_of_standard_webhooks(
    webhook, admin, incident, commander, severity, body_format
):
    channel, delivery = _delivery(webhook, admin, incident, commander, severity, body_format)
    body, _media = _body(delivery, channel)
    headers = signed(delivery, channel, body)
    for secret in (channel.secret, channel.previous_secret):
        assert Webhook(secret).verify(body, headers) == json.loads(body)


def test_the_library_of_cloudevents_reads_it(webhook, admin, incident, commander, severity):
    channel, delivery = _delivery(webhook, admin, incident, commander, severity, BodyFormat.CLOUDEVENTS)
    body, media = _body(delivery, channel)
    event = from_structured(HTTPMessage({"content-type": media}, body.encode()), JSONFormat())
    assert event.get_type() == "severity.changed"
    assert event.get_id() == str(delivery.pk)
    assert event.get_subject() == incident.chain
    assert event.get_data()["data"]["severity"] == "SEV1"
    assert set(schema_of(BY_NAME["severity.changed"])["required"]) <= set(event.get_data()["data"])
