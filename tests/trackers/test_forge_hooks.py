"""Are webhooks of GitHub and GitLab let in with the right signature only, and is what they tell fetched?"""

import json
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.trackers.signing import github_signature, signed
from trackers.models import Ticket, Tracker
from trackers.workflow import add_tracker, create_ticket

GITHUB = {"action": "edited", "issue": {"number": 1}, "repository": {"id": 10}}
GITLAB = {"object_kind": "issue", "object_attributes": {"project_id": 10, "iid": 1, "action": "update"}}

INFINITE = b'{"object_kind": "issue", "object_attributes": {"project_id": 1e999, "iid": 1}}'


@pytest.fixture
def linked(admin, responder, item, work, request):
    """`linked("github")` is a tracker with one linked ticket, in step."""

    def made(kind: str) -> Tracker:
        server = request.getfixturevalue(kind)
        tracker = add_tracker(by=admin, kind=kind, name=kind, url=server.url, secret="token-1")
        work()
        project = tracker.projects.create(remote_id="10", key="10", name="10")
        work()
        create_ticket(by=responder, item=item, project=project)
        work()
        assert Ticket.objects.get().problem == ""
        return tracker

    return made


@pytest.fixture
def post(client):
    def sent(tracker: Tracker, body: bytes, content_type: str = "application/json", **headers: str):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(
            reverse("tracker_hook", args=[tracker.pk]), body, content_type=content_type, headers=names
        )

    return sent


@pytest.fixture
def tracker(admin, loopback):
    """`tracker("github")` has no tickets."""
    return lambda kind: add_tracker(
        by=admin, kind=kind, name=kind, url="https://tracker.example.test", secret="t"
    )


def test_an_edit_at_github_is_fetched_at_once(linked, post, github, item, work):
    tracker = linked("github")
    github.edit(("10", 1), title="Theirs")
    body = json.dumps(GITHUB).encode()
    answer = post(
        tracker,
        body,
        X_GitHub_Event="issues",
        X_Hub_Signature_256=github_signature(tracker.hook_secret, body),
    )
    assert answer.status_code == 202
    work()
    item.refresh_from_db()
    tracker.refresh_from_db()
    assert item.title == "Theirs"
    assert tracker.hook_at is not None


@pytest.mark.parametrize("way", ["token", "signature"])
def test_an_edit_at_gitlab_is_fetched_at_once(linked, post, gitlab, item, work, way):
    tracker = linked("gitlab")
    gitlab.edit(("10", 1), title="Theirs")
    body = json.dumps(GITLAB).encode()
    token = {"X_Gitlab_Token": tracker.hook_secret}
    headers = token if way == "token" else signed(tracker.hook_secret, body, datetime.now(UTC))
    assert post(tracker, body, **headers).status_code == 202
    work()
    item.refresh_from_db()
    assert item.title == "Theirs"


def test_what_it_says_of_the_ticket_is_not_believed(linked, post, github, item, work):
    tracker = linked("github")
    body = json.dumps(GITHUB | {"issue": {"number": 1, "title": "Made up", "state": "closed"}}).encode()
    post(
        tracker,
        body,
        X_GitHub_Event="issues",
        X_Hub_Signature_256=github_signature(tracker.hook_secret, body),
    )
    work()
    item.refresh_from_db()
    assert (item.title, item.state) == ("Alert on saturation", "open")


def test_one_sent_as_a_form_is_read_too(linked, post, github, item, work):
    tracker = linked("github")
    github.edit(("10", 1), title="Theirs")
    body = urlencode({"payload": json.dumps(GITHUB)}).encode()
    answer = post(
        tracker,
        body,
        "application/x-www-form-urlencoded",
        X_GitHub_Event="issues",
        X_Hub_Signature_256=github_signature(tracker.hook_secret, body),
    )
    assert answer.status_code == 202
    work()
    item.refresh_from_db()
    assert item.title == "Theirs"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Hub_Signature_256": ""},
        {"X_Hub_Signature_256": "sha256=" + "0" * 64},
        {"X_Hub_Signature_256": github_signature("another secret", json.dumps(GITHUB).encode())},
        {"X_Hub_Signature": "sha1=" + "0" * 40},
        {"X_Hub_Signature_256": "sha256=é"},
    ],
)
def test_one_of_github_that_is_not_signed_right_is_refused(tracker, post, headers):
    subject = tracker("github")
    answer = post(subject, json.dumps(GITHUB).encode(), X_GitHub_Event="issues", **headers)
    assert answer.status_code == 401
    subject.refresh_from_db()
    assert (subject.hook_at, subject.hook_refused_at is not None) == (None, True)


def test_the_signature_is_of_the_very_bytes(tracker, post):
    subject = tracker("github")
    body = json.dumps(GITHUB).encode()
    signature = github_signature(subject.hook_secret, body)
    answer = post(subject, body + b" ", X_GitHub_Event="issues", X_Hub_Signature_256=signature)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{}, {"X_Gitlab_Token": ""}, {"X_Gitlab_Token": "another"}, {"X_Gitlab_Token": "é"}],
)
def test_one_of_gitlab_without_the_token_is_refused(tracker, post, headers):
    assert post(tracker("gitlab"), json.dumps(GITLAB).encode(), **headers).status_code == 401


def _another_secret() -> str:
    return "whsec_" + b64encode(b"x" * 32).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda secret, body: signed(secret, body, timezone.now() - timedelta(minutes=6)),
        lambda secret, body: signed(secret, body, timezone.now() + timedelta(minutes=6)),
        lambda secret, body: signed(secret, body + b" ", timezone.now()),
        lambda secret, body: signed(_another_secret(), body, timezone.now()),
        lambda secret, body: signed(secret, body, timezone.now()) | {"webhook_id": "msg-2"},
        lambda secret, body: signed(secret, body, timezone.now()) | {"webhook_signature": ""},
        lambda secret, body: signed(secret, body, timezone.now()) | {"webhook_signature": "v1,%%"},
        lambda secret, body: signed(secret, body, timezone.now()) | {"webhook_signature": "v1"},
        lambda secret, body: signed(secret, body, timezone.now()) | {"webhook_timestamp": "soon"},
        lambda secret, body: {"webhook_signature": f"v1,{int(time.time())}"},
    ],
)
@pytest.mark.parametrize("has_token", [False, True])
def test_one_of_gitlab_that_is_signed_wrong_or_long_ago_is_refused(tracker, post, wrong, has_token):
    """Though it has the token, too: that could be of somebody who read along."""
    subject = tracker("gitlab")
    body = json.dumps(GITLAB).encode()
    token = {"X_Gitlab_Token": subject.hook_secret} if has_token else {}
    assert post(subject, body, **wrong(subject.hook_secret, body), **token).status_code == 401


@pytest.mark.parametrize("event", ["ping", "issue_comment", "push"])
def test_other_events_of_github_are_accepted(tracker, post, event):
    subject = tracker("github")
    body = b'{"zen": "Anything"}'
    signature = github_signature(subject.hook_secret, body)
    assert post(subject, body, X_GitHub_Event=event, X_Hub_Signature_256=signature).status_code == 202


def test_other_events_of_gitlab_are_accepted(tracker, post):
    subject = tracker("gitlab")
    answer = post(subject, b'{"object_kind": "push"}', X_Gitlab_Token=subject.hook_secret)
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"[]",
        b"null",
        b"{}",
        b'{"issue": 1}',
        b"\xff",
        b"[" * 100_000,
        b'{"issue": {"number": "x"}, "repository": {"id": 1}}',
        b'{"issue": {"number": 1e999}, "repository": {"id": 1}}',
    ],
)
def test_a_body_that_cannot_be_read_is_refused(tracker, post, body):
    subject = tracker("github")
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        answer = post(
            subject,
            body,
            content_type,
            X_GitHub_Event="issues",
            X_Hub_Signature_256=github_signature(subject.hook_secret, body),
        )
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"[]", b"null", b'{"object_kind": "issue"}', b"\xff", INFINITE]
)
def test_a_body_of_gitlab_that_cannot_be_read_is_refused(tracker, post, body):
    subject = tracker("gitlab")
    assert post(subject, body, X_Gitlab_Token=subject.hook_secret).status_code == 400
