"""Does what sends to PagerDuty work here with another host alone? Its own client is the judge."""

import httpx2
import pagerduty
import pytest

from alerts.models import Alert, AlertState
from incidents.models import ChangeEvent, Service
from integrations.models import LARGEST, Payload, PayloadState

EVENT = {"event_action": "trigger", "payload": {"summary": "Disk", "source": "db-1", "severity": "critical"}}


class WithoutTls(httpx2.HTTPTransport):
    """The client insists on https, which the server of a test does not speak."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


@pytest.fixture
def events(live_server, made):
    _, key = made("pagerduty", opens="nothing")
    address = live_server.url.replace("http://", "https://")
    return pagerduty.EventsApiV2Client(key, base_url=address, transport=WithoutTls())


def test_trigger_acknowledge_resolve(events, work):
    key = events.trigger("Disk is full", "db-1", severity="error", custom_details={"free": 12})
    work()
    alert = Alert.objects.get()
    assert (alert.title, alert.source, alert.severity, alert.labels) == (
        "Disk is full",
        "db-1",
        "error",
        {"free": "12"},
    )
    assert events.acknowledge(key) == key
    work()
    assert Alert.objects.get().state == AlertState.ACKNOWLEDGED
    events.resolve(key)
    work()
    assert Alert.objects.get().state == AlertState.RESOLVED


def test_the_key_of_the_sender_is_kept(events, work):
    assert events.trigger("Disk is full", "db-1", dedup_key="disk") == "disk"
    work()
    assert Alert.objects.get().dedup_key == "disk"


def test_the_routing_key_is_not_stored(events):
    events.trigger("Disk is full", "db-1")
    assert "routing_key" not in Payload.objects.get().text


def test_a_change_event_stands_beside_incidents(events, work):
    service = Service.objects.create(name="Checkout", slug="checkout")
    events.send_change_event(
        {"summary": "Deploy v231", "source": "pipeline", "custom_details": {"service": "checkout"}},
        links=[{"href": "https://ci.example.test/231"}],
    )
    assert "routing_key" not in Payload.objects.get().text
    assert work().outcome == "1 change"
    change = ChangeEvent.objects.get()
    assert (change.title, change.service, change.url) == (
        "Deploy v231",
        service,
        "https://ci.example.test/231",
    )


@pytest.mark.django_db
def test_a_change_event_without_words_is_refused_and_noted(send, made):
    integration, key = made("pagerduty")
    answer = send("/v2/change/enqueue", {"routing_key": key, "payload": {"source": "pipeline"}})
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert "summary" in answer.json()["errors"][0]
    assert integration.payloads.get().state == PayloadState.REJECTED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"event_action": "close"}, "event_action"),
        ({"payload": None}, "payload"),
        ({"payload": {"summary": "x", "source": "y", "severity": "bad"}}, "severity"),
        ({"event_action": "resolve"}, "dedup_key"),
        ({"dedup_key": "x" * 256}, "dedup_key"),
    ],
)
def test_what_pagerduty_refuses_is_refused_and_noted(send, made, change, error):
    integration, key = made("pagerduty")
    answer = send("/v2/enqueue", EVENT | {"routing_key": key} | change)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert error in answer.json()["errors"][0]
    assert integration.payloads.get().state == PayloadState.REJECTED


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/v2/enqueue", "/v2/change/enqueue"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 100_000, b"x" * (LARGEST + 1)])
def test_what_is_no_event_is_refused(send, made, address, body):
    made("pagerduty")
    assert send(address, body).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/v2/enqueue", "/v2/change/enqueue"])
@pytest.mark.parametrize("key", ["", "alc_in_0", None, 5, ["x"]])
def test_without_a_known_key_nothing_is_stored(send, address, key):
    assert send(address, EVENT | {"routing_key": key}).status_code == 400
    assert not Payload.objects.exists()
