"""Are events of alerts told by the API and to webhooks that chose them, and never of what is private?"""

import pytest

from alerts.models import Alert
from alerts.workflow import acknowledge_alert, attach_alert
from incidents.models import Service
from incidents.workflow import change_visibility
from notifications.models import Delivery, OutboxMessage
from notifications.workflow import add_channel, choose_events
from tests.alerts.conftest import firing, integration, resolved, tell

__all__ = ["integration", "tell"]

FIRED = "alert.fired"


@pytest.fixture
def payments(db):
    return Service.objects.create(name="Payments", slug="payments")


@pytest.fixture
def webhook(admin):
    """`webhook(*services)`: one that gets firings and resolutions of their alerts."""

    def make(*services: str):
        channel = add_channel(by=admin, name="Bot", kind="webhook", url="https://hooks.example.org/1")
        return choose_events(by=admin, channel=channel, events=[FIRED, "alert.resolved"], services=services)

    return make


def names(calls):
    found = calls.get("events")["results"]
    return [one["name"] for one in found if one["name"].startswith("alert.")][::-1]


def test_what_happens_to_an_alert(api, responder, incident, tell, payments):
    tell(firing(service="payments", severity="critical"))
    alert = Alert.objects.get()
    acknowledge_alert(alert=alert, by=responder)
    if alert.incident_id is None:
        attach_alert(alert=alert, incident=incident, by=responder)
    tell(resolved(at=5), at=5)
    calls = api(responder)
    assert [name for name in names(calls) if name != "alert.attached"] == [
        FIRED, "alert.acknowledged", "alert.resolved",
    ]  # fmt: skip
    told = calls.get(f"events?name={FIRED}")["results"][0]
    assert told["data"] == {
        "alert": alert.pk,
        "integration": alert.integration_id,
        "service": "payments",
        "severity": "critical",
        "occurrences": 1,
        "by": None,
    }


def test_nobody_waits_behind_them(tell):
    tell(firing())
    assert not OutboxMessage.objects.filter(topic=FIRED, done_at=None).exists()


def test_a_webhook_gets_those_of_its_services(tell, webhook, payments):
    webhook("payments")
    tell(firing("a", service="payments"), firing("b"))
    tell(resolved("a", at=5), at=5)
    sent = Delivery.objects.exclude(about__startswith="incident:").order_by("created_at")
    assert [one.content["type"] for one in sent] == [FIRED, "alert.resolved"]
    assert {one.about for one in sent} == {Alert.objects.get(dedup_key="a").chain}


def test_nothing_of_a_private_incident(api, commander, responder, incident, tell, webhook):
    webhook()
    tell(firing())
    alert = Alert.objects.get()
    attach_alert(alert=alert, incident=incident, by=commander)
    change_visibility(incident=incident, by=commander, is_private=True)
    Delivery.objects.all().delete()
    tell(resolved(at=5), at=5)
    assert not Delivery.objects.filter(about=alert.chain).exists()
    assert names(api(responder, private=True)) == []
    assert FIRED in names(api(commander, private=True))


def test_a_test_alert_is_told_to_nobody(tell):
    tell(firing(), is_test=True)
    assert not OutboxMessage.objects.filter(topic__startswith="alert.").exists()
