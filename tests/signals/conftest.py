"""A Prometheus that stands on loopback and answers as it is told, a source and signals of it."""

import json
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from incidents.models import Service
from incidents.workflow import set_service_impact
from signals.workflow import add_data_source, add_signal


def matrix(*series):
    return {
        "status": "success",
        "data": {
            "resultType": "matrix",
            "result": [
                {"metric": {}, "values": [[second, str(value)] for second, value in one]} for one in series
            ],
        },
    }


class FakePrometheus:
    """`value(second)` is what every query answers at that time; `answer` is sent in place of it, `status` with it.

    `drip` seconds pass before each byte of the answer, `hang` before the first.
    """

    def __init__(self) -> None:
        self.value = lambda second: 1.0
        self.answer, self.status, self.headers = None, 200, {"Content-Type": "application/json"}
        self.drip, self.hang, self.requests = 0.0, 0.0, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                outer.requests.append(
                    SimpleNamespace(path=parts.path, asked=asked, headers=dict(self.headers))
                )
                time.sleep(outer.hang)
                body = outer.body_for(parts.path, asked)
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # whoever asked has gone
                    self.wfile.write(body) if not outer.drip else self._drip(body)

            do_POST = do_DELETE = do_GET  # noqa: N815 - named by the library

            def _drip(self, body: bytes) -> None:
                for n in range(len(body)):
                    self.wfile.write(body[n : n + 1])
                    self.wfile.flush()
                    time.sleep(outer.drip)

            def log_message(self, *_) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def body_for(self, path: str, asked: dict[str, str]) -> bytes:
        if isinstance(self.answer, bytes):
            return self.answer
        if self.answer is not None:
            return json.dumps(self.answer).encode()
        if path.endswith("/query"):
            return json.dumps(
                {"status": "success", "data": {"resultType": "scalar", "result": [time.time(), "1"]}}
            ).encode()
        if "start" not in asked:
            return b"{}"
        start, end = float(asked["start"]), float(asked["end"])
        seconds = [start + n * 60 for n in range(int((end - start) // 60) + 1)]
        return json.dumps(matrix([(second, self.value(second)) for second in seconds])).encode()

    @property
    def port(self) -> int:
        return self._http.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def prometheus(monkeypatch, settings):
    """Loopback is allowed, as an operator allows a network of their own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    made = FakePrometheus()
    yield made
    made.close()


@pytest.fixture
def source(admin, prometheus):
    return add_data_source(by=admin, name="Prometheus eu-1", kind="prometheus", url=prometheus.url)


@pytest.fixture
def service(db):
    return Service.objects.create(name="payments-api", slug="payments-api")


@pytest.fixture
def signal(admin, source, service):
    return add_signal(
        by=admin,
        service=service,
        name="Error rate",
        source=source,
        query="sum(rate(errors[1m]))",
        unit="%",
        range_kind="fixed",
        low=0,
        high=1,
    )


@pytest.fixture
def hit(incident, commander, service):
    """The incident, which affects the service."""
    set_service_impact(incident=incident, by=commander, service=service, impact="major_outage")
    return incident


def minutes_ago(number: float) -> float:
    """The second that begins a minute so long ago."""
    return datetime.now(UTC).timestamp() // 60 * 60 - number * 60
