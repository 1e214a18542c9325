"""A target that stands on loopback and answers as it is told, and automations that call it."""

import time
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

import pytest

from automations.workflow import add_automation
from automations.workflow.calling import call_waiting_targets
from incidents.models import Service
from incidents.workflow import set_service_impact
from notifications.workflow import expand_next_event
from tests.loopback import Loopback, body_of, send


class FakeTarget(Loopback):
    """`status`, `headers` and `body` are what it answers; `hang` seconds pass before. `length` may lie about the body.

    `drip` seconds pass before each byte of the body; with `dies`, it closes the connection in place of an answer.
    """

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.length = 204, {}, b"", None
        self.hang, self.drip, self.dies, self.requests = 0.0, 0.0, False, []
        super().__init__()

    @property
    def url(self) -> str:
        return f"{super().url}/run"

    def handle(self, http: BaseHTTPRequestHandler) -> None:
        self.requests.append(
            SimpleNamespace(
                method=http.command, path=http.path, headers=dict(http.headers), body=body_of(http).decode()
            )
        )
        time.sleep(self.hang)
        http.close_connection = True
        if not self.dies:
            send(http, self.status, self.headers, self.body, drip=self.drip, length=self.length)


@pytest.fixture
def targets(monkeypatch, settings):
    """`targets()` is another one. Loopback is allowed, as an operator allows a network of their own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    made = []

    def new() -> FakeTarget:
        made.append(FakeTarget())
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture
def target(targets):
    return targets()


@pytest.fixture
def service(db):
    return Service.objects.create(name="payments-api", slug="payments-api")


@pytest.fixture
def add(admin, service, target):
    """`add(name="…", needs_confirmation=True)` is an automation of the service."""

    def new(**said):
        said = {"name": "Roll back", "url": target.url, "template": '{"ref": "main"}'} | said
        return add_automation(by=admin, service=service, **said)

    return new


@pytest.fixture
def automation(add):
    return add()


@pytest.fixture
def hit(incident, commander, service):
    """The incident, which affects the service."""
    set_service_impact(incident=incident, by=commander, service=service, impact="major_outage")
    return incident


def work() -> None:
    """What a worker does: the outbox, then the calls."""
    while expand_next_event():
        pass
    call_waiting_targets()
