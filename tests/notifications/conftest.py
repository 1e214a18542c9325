"""Servers on loopback that answer as they are told, and messages for them."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from notifications.models import Channel, Delivery
from notifications.workflow import add_channel, deliver


class Server:
    """Answers every request with `status` and `headers`; `requests` is what came."""

    def __init__(self) -> None:
        self.status, self.headers, self.requests = 204, {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - the server calls it so

            def log_message(self, *_) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

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
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    made = Server()
    yield made
    made.close()


@pytest.fixture
def other_server(server):
    made = Server()
    yield made
    made.close()


@pytest.fixture
def loopback_allowed(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


@pytest.fixture
def webhook(admin, server) -> Channel:
    return add_channel(by=admin, name="Bus", kind="webhook", url=f"{server.url}/hook?key=Zephyrquartz")


@pytest.fixture
def send_to():
    """`send_to(address="x@example.test")`: one message on its way, as it stands in the database.

    An address that is not a mail's is that of a channel.
    """
    count = iter(range(10_000))

    def make(**fields) -> Delivery:
        fields.setdefault("kind", "mail" if "@" in fields.get("address", "") else "webhook")
        if fields["kind"] != "mail" and "channel" not in fields:
            url = fields.pop("address")
            named = {"kind": fields["kind"], "url": url, "secret": "whsec_eA=="}
            fields["channel"], _ = Channel.objects.get_or_create(name=url[:80], defaults=named)
        content = {"subject": "Hello", "text": "x"} if fields["kind"] == "mail" else {"type": "t", "data": {}}
        delivery = Delivery(**{"key": f"k{next(count)}", "content": content, **fields})
        deliver(delivery)
        return Delivery.objects.get(key=delivery.key)

    return make
