"""Does what sends with pdpyras, PagerDuty's client before `pagerduty`, work here with another host alone?"""

import warnings

import pytest

from alerts.models import Alert, AlertState
from incidents.models import ChangeEvent, Service
from integrations.models import Payload, PayloadState

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it says on import that it is not kept any more
    import pdpyras


@pytest.fixture
def key(made):
    return made("pagerduty", opens="nothing")[1]


@pytest.fixture
def events(live_server, key):
    session = pdpyras.EventsAPISession(key)
    session.url = live_server.url
    return session


@pytest.fixture
def changes(live_server, key):
    session = pdpyras.ChangeEventsAPISession(key)
    session.url = live_server.url
    return session


def state() -> str:
    return Alert.objects.get().state


def test_trigger_acknowledge_resolve(events, work):
    key = events.trigger(
        "Disk is full",
        "db-1",
        severity="warning",
        custom_details={"free": 12, "service": "db"},
        links=[{"href": "https://wiki.example.test/disk", "text": "Runbook"}],
    )
    work()
    alert = Alert.objects.get()
    assert (alert.dedup_key, alert.title, alert.source, alert.severity) == (
        key,
        "Disk is full",
        "db-1",
        "warning",
    )
    assert alert.labels["free"] == "12"
    assert [one["url"] for one in alert.links] == ["https://wiki.example.test/disk"]
    assert events.acknowledge(key) == key
    work()
    assert state() == AlertState.ACKNOWLEDGED
    assert events.resolve(key) == key
    work()
    assert state() == AlertState.RESOLVED


def test_the_same_key_is_the_same_alert(events, work):
    for _ in range(2):
        assert events.trigger("Disk is full", "db-1", dedup_key="disk") == "disk"
    work()
    assert Alert.objects.get().dedup_key == "disk"


def test_what_is_refused_is_an_error_there(events, made):
    with pytest.raises(pdpyras.PDHTTPError) as error:
        events.trigger("Disk is full", "db-1", severity="bad")
    assert error.value.response.status_code == 400
    assert Payload.objects.get().state == PayloadState.REJECTED
    events.api_key = "unknown"
    with pytest.raises(pdpyras.PDHTTPError):
        events.trigger("Disk is full", "db-1")


def test_a_change_event(changes, work):
    service = Service.objects.create(name="Checkout", slug="checkout")
    changes.submit(
        "Deploy v231",
        source="pipeline",
        custom_details={"service": "checkout"},
        links=[{"href": "https://ci.example.test/231"}],
        timestamp="2026-11-29T12:00:00Z",
    )
    assert "routing_key" not in Payload.objects.get().text
    assert work().outcome == "1 change"
    change = ChangeEvent.objects.get()
    assert (change.title, change.service, change.url) == (
        "Deploy v231",
        service,
        "https://ci.example.test/231",
    )
    assert change.at.isoformat() == "2026-11-29T12:00:00+00:00"


def test_a_change_event_without_a_time_is_of_now(changes, work):
    changes.submit("Deploy v232")
    work()
    assert ChangeEvent.objects.get().title == "Deploy v232"
