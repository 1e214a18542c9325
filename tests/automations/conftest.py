"""A target that stands on loopback and answers as it is told, and automations that call it."""

import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from automations.workflow import add_automation
from automations.workflow.calling import call_waiting_targets
from incidents.models import Service
from incidents.workflow import set_service_impact
from notifications.workflow import expand_next_event


class FakeTarget:
    """`status`, `headers` and `body` are what it answers; `hang` seconds pass before. `length` may lie about the body.

    `drip` seconds pass before each byte of the body; with `dies`, it closes the connection in place of an answer.
    """

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.length = 204, {}, b"", None
        self.hang, self.drip, self.dies, self.requests = 0.0, 0.0, False, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                outer.requests.append(
                    SimpleNamespace(
                        method=self.command,
                        path=self.path,
                        headers=dict(self.headers),
                        body=self.rfile.read(size).decode(),
                    )
                )
                time.sleep(outer.hang)
                self.close_connection = True
                if outer.dies:
                    return
                with suppress(OSError):  # whoever asked has gone
                    self.send_response(outer.status)
                    for name, value in outer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(outer.length or len(outer.body)))
                    self.end_headers()
                    for at in range(0, len(outer.body), 1 if outer.drip else 65536):
                        self.wfile.write(outer.body[at : at + (1 if outer.drip else 65536)])
                        time.sleep(outer.drip)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET = answer  # noqa: N815 - names of the library

            def log_message(self, *_) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._http.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/run"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


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
