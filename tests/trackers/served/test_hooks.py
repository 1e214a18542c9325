"""Is a webhook of Jira or Linear believed only where it is signed, and new?"""

import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from trackers.face import Hook, NotSignedError
from trackers.kinds.jira import hooks as jira
from trackers.kinds.linear import hooks as linear
from trackers.models import Tracker
from trackers.workflow import change_tracker, renew_hook_secret

SECRET = "s" * 64
NOW = timezone.now()


def stamp(at=NOW):
    return int(at.timestamp() * 1000)


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def of_jira(at=NOW, secret=SECRET, event="jira:issue_updated", pk="10001"):
    said = {"timestamp": stamp(at), "webhookEvent": event, "issue": {"id": pk, "key": "PAY-1", "fields": {}}}
    body = json.dumps(said).encode()
    return {"X-Hub-Signature": f"sha256={signature(body, secret)}"}, body


def of_linear(at=NOW, secret=SECRET, action="update", pk="a1"):
    said = {
        "action": action,
        "type": "Issue",
        "data": {"id": pk, "title": "T"},
        "webhookTimestamp": stamp(at),
    }
    body = json.dumps(said).encode()
    return {"Linear-Signature": signature(body, secret)}, body


KINDS = pytest.mark.parametrize(("read", "make"), [(jira.read, of_jira), (linear.read, of_linear)])


@KINDS
def test_one_that_is_signed(read, make):
    assert read(*make(pk="10"), SECRET, NOW) == Hook(("10",))


@KINDS
def test_one_that_is_signed_with_another_secret(read, make):
    with pytest.raises(NotSignedError):
        read(*make(secret="t" * 64), SECRET, NOW)


@KINDS
def test_one_that_is_not_signed(read, make):
    _, body = make()
    for headers in ({}, dict.fromkeys(make()[0], ""), dict.fromkeys(make()[0], "sha256=")):
        with pytest.raises(NotSignedError):
            read(headers, body, SECRET, NOW)


@KINDS
def test_one_whose_body_was_changed(read, make):
    headers, body = make()
    with pytest.raises(NotSignedError):
        read(headers, body + b" ", SECRET, NOW)


@KINDS
def test_no_secret_signs_nothing(read, make):
    with pytest.raises(NotSignedError):
        read(*make(secret=""), "", NOW)


@pytest.mark.parametrize(
    ("read", "make", "age", "is_old"),
    [
        (linear.read, of_linear, timedelta(seconds=50), False),
        (linear.read, of_linear, timedelta(seconds=70), True),
        (linear.read, of_linear, timedelta(seconds=-70), True),
        (jira.read, of_jira, timedelta(minutes=80), False),
        (jira.read, of_jira, timedelta(minutes=130), True),
    ],
)
def test_one_that_is_old(read, make, age, is_old):
    """Jira tries again for 75 minutes, with the time of the first try."""
    told = make(at=NOW - age)
    if not is_old:
        assert read(*told, SECRET, NOW).tickets
        return
    with pytest.raises(NotSignedError):
        read(*told, SECRET, NOW)


def test_linear_without_a_time_is_refused():
    body = b'{"type": "Issue", "data": {"id": "a1"}}'
    with pytest.raises(NotSignedError):
        linear.read({"Linear-Signature": signature(body)}, body, SECRET, NOW)


@pytest.mark.parametrize("event", ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"])
def test_each_event_of_jira(event):
    assert jira.read(*of_jira(event=event), SECRET, NOW) == Hook(("10001",))


@pytest.mark.parametrize("action", ["create", "update", "remove"])
def test_each_action_of_linear(action):
    assert linear.read(*of_linear(action=action), SECRET, NOW) == Hook(("a1",))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"issue": None},
        {"issue": {"id": ["10"]}},
        {"type": "Comment", "data": {"id": "c1"}},
        {"type": "Issue", "data": []},
        {"type": "Issue", "data": {"id": 7}},
    ],
)
@KINDS
def test_one_about_something_else(read, make, said):
    body = json.dumps(said | {"webhookTimestamp": stamp()}).encode()
    headers = {"X-Hub-Signature": f"sha256={signature(body)}", "Linear-Signature": signature(body)}
    assert read(headers, body, SECRET, NOW) == Hook()


@pytest.mark.parametrize(
    "body", [b"", b"no", b"[]", b'"text"', b"\xff", b'{"timestamp": 1e300, "webhookTimestamp": 1e300}']
)
@KINDS
def test_one_that_cannot_be_read(read, make, body):
    headers = {"X-Hub-Signature": f"sha256={signature(body)}", "Linear-Signature": signature(body)}
    with pytest.raises(ValueError):
        read(headers, body, SECRET, NOW)


@pytest.fixture
def post(ticket, client_of_web):
    """A change there, told by a webhook with this secret."""

    def posted(secret):
        headers, body = (of_linear if ticket.tracker.kind == "linear" else of_jira)(
            at=timezone.now(), secret=secret, pk=ticket.remote_id
        )
        address = reverse("tracker_hook", args=[ticket.tracker_id])
        return client_of_web.post(address, body, content_type="application/json", headers=headers)

    return posted


@pytest.fixture
def client_of_web():
    return Client()


@pytest.fixture
def there(serve, request):
    return serve(request.param)


@pytest.mark.parametrize("there", ["jira cloud", "linear"], indirect=True)
def test_a_change_there_is_here_at_once(there, ticket, item, post, work, admin):
    if ticket.tracker.facts.makes_hook_secret:
        change_tracker(by=admin, tracker=ticket.tracker, hook_secret=SECRET)
    secret = Tracker.objects.get().hook_secret
    there.edit(ticket.remote_id, title="Told")
    assert post("another").status_code == 401
    work()
    item.refresh_from_db()
    assert item.title == "Alert on saturation"
    assert post(secret).status_code == 202
    work()
    item.refresh_from_db()
    assert item.title == "Told"
    tracker = Tracker.objects.get()
    assert tracker.hook_at
    assert tracker.hook_refused_at


@pytest.mark.parametrize("there", ["jira cloud"], indirect=True)
def test_the_old_secret_counts_no_more(there, ticket, post, admin):
    before = ticket.tracker.hook_secret
    renew_hook_secret(by=admin, tracker=ticket.tracker)
    assert post(before).status_code == 401
    assert post(Tracker.objects.get().hook_secret).status_code == 202
