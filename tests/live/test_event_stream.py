"""Do events reach whoever listens by the API, each once, and nobody who may not see them?"""

import json
import threading
import urllib.error
import urllib.request

import pytest

from accounts.workflow import create_token, revoke_token
from config.asgi import application
from incidents.workflow import change_severity, change_visibility
from tests.loops import run


class Listener:
    """Reads a stream in a thread; `wait_for(name)` returns its event."""

    def __init__(self, port: int, token: str, last: str = ""):
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/events/stream", headers=headers)
        self.response = urllib.request.urlopen(request, timeout=60)
        assert self.response.headers["Content-Type"] == "text/event-stream"
        self.events: list[dict] = []
        self.changed = threading.Condition()
        self.is_over = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.response:
            if line.startswith(b"data: "):
                with self.changed:
                    self.events.append(json.loads(line[6:]))
                    self.changed.notify_all()
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    def wait_for(self, name: str) -> dict:
        def found():
            return next((event for event in self.events if event["name"] == name), None)

        with self.changed:
            assert self.changed.wait_for(found, timeout=30), [event["name"] for event in self.events]
            return found()


def token_of(person, **options):
    return create_token(by=person, name="stream", scopes=["incidents:read"], **options)


def test_each_event_once_and_from_where_it_was_left(webs, incident, commander, severity):
    _token, text = token_of(commander)
    listener = Listener(webs.ports[0], text)
    change_severity(incident=incident, by=commander, severity=severity(1), reason="Worse")
    first = listener.wait_for("severity.changed")
    assert first["incident"] == incident.reference
    change_severity(incident=incident, by=commander, severity=severity(3), reason="Better")
    later = Listener(webs.ports[1], text, last=first["id"])
    second = later.wait_for("severity.changed")
    assert second["data"]["severity"] == "SEV3"
    ids = [event["id"] for event in later.events]
    assert len(ids) == len(set(ids))
    assert first["id"] not in ids


def test_what_is_private_reaches_only_those_on_it(webs, incident, commander, responder, severity):
    outside = Listener(webs.ports[0], token_of(responder, reaches_private=True)[1])
    inside = Listener(webs.ports[0], token_of(commander, reaches_private=True)[1])
    blind = Listener(webs.ports[0], token_of(commander)[1])
    change_visibility(incident=incident, is_private=True, by=commander)
    change_severity(incident=incident, by=commander, severity=severity(1), reason="Worse")
    inside.wait_for("severity.changed")
    change_visibility(incident=incident, is_private=False, by=commander)
    for listener in (outside, blind):
        listener.wait_for("visibility.changed")


def test_it_ends_with_its_token(webs, incident, commander, severity):
    token, text = token_of(commander)
    listener = Listener(webs.ports[0], text)
    revoke_token(by=commander, token=token)
    with listener.changed:
        assert listener.changed.wait_for(lambda: listener.is_over, timeout=30)


@pytest.mark.parametrize(("scopes", "status"), [(["insights:read"], 403), ([], 401)])
def test_without_the_scope_there_is_none(webs, commander, scopes, status):
    text = create_token(by=commander, name="x", scopes=scopes)[1] if scopes else "alc_nonsense"
    with pytest.raises(urllib.error.HTTPError) as refused:
        Listener(webs.ports[0], text)
    assert refused.value.code == status


class Asked:
    """One request to the ASGI application, without a server: its status, its headers and its body."""

    def __init__(self, text: str, query: str = "", scheme: str = "Bearer ", forwarded: str = ""):
        headers = [(b"authorization", f"{scheme}{text}".encode())] if text else []
        headers += [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/v1/events/stream",
            "query_string": query.encode(),
            "headers": headers,
            "client": ("203.0.113.9", 4711),
        }
        self.sent: list[dict] = []
        run(application(scope, self._receive, self._send))
        start = self.sent[0]
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(one.get("body", b"") for one in self.sent[1:])

    async def _receive(self) -> dict:
        return {"type": "http.disconnect"}

    async def _send(self, message: dict) -> None:
        self.sent.append(message)


@pytest.mark.django_db(transaction=True)
def test_tokens_that_do_not_work_are_counted_by_address(settings):
    settings.API_RATE_UNKNOWN = "2 per hour"
    statuses = [Asked(text).status for text in ("alc_nonsense", "", "alc_nonsense")]
    assert statuses == [401, 401, 429]


@pytest.mark.django_db(transaction=True)
def test_streams_that_are_opened_are_counted_as_requests(settings, commander):
    settings.API_RATE = "2 per hour"
    text = token_of(commander)[1]
    asked = [Asked(text) for _time in range(3)]
    assert [one.status for one in asked] == [200, 200, 429]
    assert asked[0].headers["ratelimit"] == '"token";r=1;t=3600'
    assert int(asked[2].headers["retry-after"]) > 0
    assert json.loads(asked[2].body)["type"] == "/api/v1/docs/errors#too-many-requests"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["", "Basic ", "Token "])
def test_a_token_counts_after_bearer_alone(commander, scheme):
    refused = Asked(token_of(commander)[1], scheme=scheme)
    assert refused.status == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("name=incident.declared", 200),
        ("name=incident.declared&name=severity.changed", 200),
        ("name=nonsense", 422),
        ("name=", 422),
        ("nome=incident.declared", 400),
        ("name=incident.declared&" * 1000, 400),
    ],
)
def test_what_is_not_known_is_refused_instead_of_sending_everything(commander, query, status):
    assert Asked(token_of(commander)[1], query).status == status


@pytest.mark.django_db(transaction=True)
def test_the_use_of_its_token_is_noted(commander):
    token, text = token_of(commander)
    Asked(text)
    token.refresh_from_db()
    assert token.last_used_from == "203.0.113.9"


@pytest.mark.django_db(transaction=True)
def test_behind_a_proxy_each_client_is_counted_by_itself(settings):
    settings.API_RATE_UNKNOWN = "1 per hour"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    statuses = [Asked("", forwarded=f"203.0.113.{number}").status for number in (31, 32, 31)]
    assert statuses == [401, 401, 429]
