"""Can a source hold anything up, be somewhere it must not be, or fill the memory?"""

import gzip
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signals.models import DataSource
from signals.sources import client
from signals.sources.client import get
from signals.sources.dialects import fetch, probe
from signals.sources.values import SilentError, UnreadableError
from tests.notifications.test_guard import BAD
from tests.signals.conftest import FakePrometheus


def at(url: str, **fields) -> DataSource:
    return DataSource(name="Prometheus", kind="prometheus", url=url, **fields)


def reason(source: DataSource, path: str = "/x") -> str:
    with pytest.raises(SilentError) as silence:
        get(source, source.url + path, {})
    return str(silence.value)


def test_an_answer(prometheus):
    prometheus.answer = {"a": 1}
    assert get(at(prometheus.url), f"{prometheus.url}/x", {"query": "up"}) == b'{"a": 1}'
    assert prometheus.requests[0].asked == {"query": "up"}


@pytest.mark.parametrize(
    ("fields", "header", "value"),
    [
        ({"sign_in": "bearer", "secret": "tok"}, "Authorization", "Bearer tok"),
        ({"sign_in": "basic", "user_name": "ada", "secret": "x:é"}, "Authorization", "Basic YWRhOng6w6k="),
        ({"tenant": "fernhill"}, "X-Scope-OrgID", "fernhill"),
    ],
)
def test_the_sign_in_is_sent(prometheus, fields, header, value):
    prometheus.answer = {}
    get(at(prometheus.url, **fields), prometheus.url, {})
    assert prometheus.requests[0].headers[header] == value


@pytest.mark.parametrize(
    "spelling",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_no_spelling_reaches_this_machine(prometheus, settings, spelling):
    settings.OUTBOUND_ALLOW = []
    assert "private" in reason(at(f"http://{spelling}:{prometheus.port}")) or spelling in ("0", "127.1")
    assert prometheus.requests == []


@pytest.mark.parametrize("address", BAD)
def test_no_private_address_is_called(settings, address):
    settings.OUTBOUND_ALLOW = []
    host = f"[{address}]" if ":" in address else address
    begun = time.monotonic()
    assert reason(at(f"http://{host}:9090"))
    assert time.monotonic() - begun < 2


def test_a_name_that_resolves_to_this_machine(prometheus, settings, monkeypatch):
    settings.OUTBOUND_ALLOW = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", prometheus.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert "private" in reason(at(f"http://prometheus.example.test:{prometheus.port}"))
    assert prometheus.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(prometheus, status):
    elsewhere = FakePrometheus()
    prometheus.status, prometheus.headers = status, {"Location": f"{elsewhere.url}/inside"}
    assert reason(at(prometheus.url)) == f"answered {status}, a redirect, which is not followed"
    assert elsewhere.requests == []
    elsewhere.close()


def test_what_hangs_is_left(prometheus, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE", replace(client.PATIENCE, altogether=0.3))
    prometheus.hang = 3.0
    begun = time.monotonic()
    assert "did not answer within" in reason(at(prometheus.url))
    assert time.monotonic() - begun < 2


def test_what_drips_is_left(prometheus, monkeypatch):
    """Each byte comes in time; all of them would take minutes."""
    monkeypatch.setattr(client, "PATIENCE", replace(client.PATIENCE, altogether=0.5))
    prometheus.answer, prometheus.drip = b"[" + b" " * 2000, 0.1
    begun = time.monotonic()
    assert "did not answer within" in reason(at(prometheus.url))
    assert time.monotonic() - begun < 3


def test_ten_megabytes_are_not_read(prometheus):
    prometheus.answer = b'{"status": "success", "data": "' + b"x" * 10_000_000 + b'"}'
    with pytest.raises(UnreadableError, match="larger than 2 MB"):
        get(at(prometheus.url), prometheus.url, {})


def test_a_bomb_is_not_unpacked(prometheus):
    prometheus.answer = gzip.compress(b" " * 50_000_000)
    prometheus.headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with pytest.raises(UnreadableError, match="larger than 2 MB"):
        get(at(prometheus.url), prometheus.url, {})


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refused the sign-in (401)"), (503, "answered 503"), (204, "answered 204")]
)
def test_other_statuses(prometheus, status, words):
    prometheus.status = status
    assert reason(at(prometheus.url)) == words


def test_a_page_of_a_proxy_is_not_repeated(prometheus):
    prometheus.status, prometheus.answer = 404, b"<h1>Zephyrquartz</h1>"
    prometheus.headers = {"Content-Type": "text/html"}
    with pytest.raises(UnreadableError, match=r"The query was refused \(404\)\."):
        get(at(prometheus.url), prometheus.url, {})


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://a..b/", "http://\u2488com"])
def test_addresses_that_are_none(prometheus, url):
    with pytest.raises(SilentError):
        probe(at(url))


def test_a_path_cannot_lead_to_another_server(prometheus):
    now = datetime.now(UTC)
    for path in ("@evil.example/", "evil", ".evil.example/", ":80@evil.example"):
        with pytest.raises(UnreadableError):
            fetch(
                DataSource(name="J", kind="json", url=prometheus.url),
                query="a",
                path=path,
                start=now,
                end=now,
            )
    assert prometheus.requests == []
