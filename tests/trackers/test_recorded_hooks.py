"""Are all webhooks that GitHub and GitLab are known to send let in when they are signed, and do they name the right ticket?"""

import hmac
import json
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.trackers.recorded import OF_GITLAB, SERVERS, examples_of, github_events, github_examples, payloads
from tests.trackers.signing import github_signature, signed
from trackers.models import Ticket, Tracker
from trackers.workflow import add_tracker, create_ticket


@pytest.fixture
def tracker(admin, loopback):
    return lambda kind: add_tracker(
        by=admin, kind=kind, name=kind, url="https://tracker.example.test", secret="t"
    )


@pytest.fixture
def post(client):
    def sent(tracker: Tracker, body: bytes, **headers: str) -> int:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        address = reverse("tracker_hook", args=[tracker.pk])
        return client.post(address, body, content_type="application/json", headers=names).status_code

    return sent


@pytest.fixture
def named(item):
    """`named(tracker, "10/1")`: the tickets that have been told of since they were last asked for. There are others."""

    def found(tracker: Tracker, *pks: str) -> set[str]:
        known = set(tracker.tickets.values_list("remote_id", flat=True))
        for pk in {*pks, "1/1", "186853002/99", "99/23"} - known:
            Ticket.objects.create(
                item=item, tracker=tracker, remote_id=pk, state="linked", is_synced=False, next_at=None
            )
        told = tracker.tickets.filter(next_at__isnull=False)
        pks_told = set(told.values_list("remote_id", flat=True))
        told.update(next_at=None)
        return pks_told

    return found


def ticket_of(event: str, said: Any) -> str:
    return f"{said['repository']['id']}/{said['issue']['number']}" if event == "issues" else ""


@pytest.mark.parametrize("event", github_events())
def test_each_example_of_github(tracker, post, named, event):
    subject = tracker("github")
    examples = list(examples_of(event))
    assert examples
    for said in examples:
        body, pk = json.dumps(said).encode(), ticket_of(event, said)
        named(subject, *filter(None, [pk]))
        signature = github_signature(subject.hook_secret, body)
        assert post(subject, body, X_GitHub_Event=event, X_Hub_Signature_256=signature) == 202
        assert named(subject) == {pk} - {""}


@pytest.mark.parametrize("event", github_events())
def test_each_example_of_github_that_is_not_signed_right(tracker, post, named, event):
    subject = tracker("github")
    for said in examples_of(event):
        body, pk = json.dumps(said).encode(), ticket_of(event, said)
        named(subject, *filter(None, [pk]))
        older = hmac.new(subject.hook_secret.encode(), body, "sha1").hexdigest()
        for headers in (
            {},
            {"X_Hub_Signature_256": github_signature("another secret", body)},
            {"X_Hub_Signature": f"sha1={older}"},
        ):
            assert post(subject, body, X_GitHub_Event=event, **headers) == 401
        assert not named(subject)


def test_the_examples_are_of_both_products():
    actions = {said["action"] for said in examples_of("issues")}
    assert actions >= {"opened", "edited", "reopened", "assigned", "unassigned", "deleted", "transferred"}
    assert SERVERS[0] == "api.github.com"
    assert len(SERVERS) > 1


@pytest.fixture
def linked(admin, responder, item, work, github):
    """A ticket at GitHub, and its tracker."""
    tracker = add_tracker(by=admin, kind="github", name="github", url=github.url, secret="token-1")
    work()
    for pk in ("10", "20"):
        place = tracker.projects.create(remote_id=pk, key=pk, name=pk)
        work()
        if pk == "10":
            create_ticket(by=responder, item=item, project=place)
            work()
    return Ticket.objects.get()


@pytest.fixture
def tell(post):
    """Post the example of this action, as if it was about the ticket."""

    def told(ticket: Ticket, action: str) -> None:
        said = next(one for one in github_examples("api.github.com")["issues"] if one["action"] == action)
        repository, _, number = ticket.remote_id.partition("/")
        said = said | {
            "repository": said["repository"] | {"id": int(repository)},
            "issue": said["issue"] | {"number": int(number)},
        }
        body = json.dumps(said).encode()
        signature = github_signature(ticket.tracker.hook_secret, body)
        assert post(ticket.tracker, body, X_GitHub_Event="issues", X_Hub_Signature_256=signature) == 202

    return told


def test_a_deleted_one_is_found_gone(linked, tell, github, work):
    github.delete(("10", 1))
    tell(linked, "deleted")
    work()
    linked.refresh_from_db()
    assert (linked.problem, linked.key) == ("gone", "acme/pay#1")


def test_a_transferred_one_is_followed(linked, tell, github, work):
    github.add_issue("20")
    github.transfer(("10", 1), "20")
    tell(linked, "transferred")
    work()
    linked.refresh_from_db()
    assert (linked.remote_id, linked.key, linked.moved_from) == ("20/2", "acme/ops#2", "acme/pay#1")
    assert (linked.problem, linked.project.remote_id) == ("", "20")


def test_one_that_was_transferred_out_of_sight_is_found_gone(linked, tell, github, work):
    """GitHub answers 404 where the token may not see the repository it went to."""
    del github.issues["10", 1]
    tell(linked, "transferred")
    work()
    linked.refresh_from_db()
    assert linked.problem == "gone"


# -- payloads beside the checkout ----------------------------------------------------------------------------


def test_each_recorded_payload_of_github(tracker, post, named):
    subject = tracker("github")
    for name, said in payloads("github").items():
        event = name.partition("__")[0]
        body, pk = json.dumps(said).encode(), ticket_of(event, said)
        named(subject, *filter(None, [pk]))
        right = {"X_Hub_Signature_256": github_signature(subject.hook_secret, body)}
        assert post(subject, body, X_GitHub_Event=event) == 401
        assert not named(subject)
        assert post(subject, body, X_GitHub_Event=event, **right) == 202
        assert named(subject) == {pk} - {""}, name


def test_each_recorded_payload_of_gitlab(tracker, post, named):
    subject = tracker("gitlab")
    seen = set()
    for name, said in payloads("gitlab").items():
        body, right = json.dumps(said).encode(), {"14/23"} if name == "issue" else set()
        named(subject, "14/23")
        for headers in ({}, {"X_Gitlab_Token": "another"}):
            assert post(subject, body, **headers) == 401
        assert not named(subject)
        for headers in (
            {"X_Gitlab_Token": subject.hook_secret},
            signed(subject.hook_secret, body, timezone.now()),
        ):
            assert post(subject, body, **headers) == 202
            assert named(subject) == right, name
        seen.add(name)
    assert "issue" in seen


def test_what_the_fake_of_gitlab_has_was_recorded():
    recorded = payloads("gitlab")["issue"]["object_attributes"]
    assert {name: recorded[name] for name in OF_GITLAB} == OF_GITLAB
