"""Is Linear asked as it wants it, and are its errors told apart?"""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from graphql import parse, validate

from tests.trackers.served.fake_linear import SCHEMA
from tests.trackers.served.serving import Fault
from trackers.face import Draft, Field, Problem, TrackerError
from trackers.kinds.linear import asking

MARKER = "0d4f2c0e8f5c4d619a531f0f9a6e8f11"


@pytest.fixture
def there(serve):
    return serve("linear")


@pytest.fixture
def known(there, client):
    pk = there.add()
    return client.get(pk, there.project)


@pytest.fixture
def draft(there):
    return Draft(there.project, "Title", f"Text {MARKER}", MARKER)


def refused(act) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize("name", [name for name in dir(asking) if name.isupper() and name != "ISSUE"])
def test_each_query_is_valid(name):
    assert validate(SCHEMA, parse(getattr(asking, name))) == []


def test_states_by_their_types(there, client):
    facts = client.project(there.project)
    assert [(row.name, row.category) for row in facts.states] == [
        ("Todo", "open"),
        ("Backlog", "open"),
        ("In Progress", "in_progress"),
        ("Done", "done"),
        ("Canceled", "wont_do"),
        ("Duplicate", "wont_do"),
    ]
    assert facts.url == "https://linear.app/acme/team/PAY"


def test_no_priority_is_none(there, client, known):
    assert (known.raw[Field.PRIORITY], known.names[Field.PRIORITY]) == ("", "No priority")
    client.change(known, {Field.PRIORITY: "1"})
    there.edit(known.pk, priority="")
    changes = client.get(known.pk, there.project).changes
    assert [(one.before, one.after) for one in changes] == [("", "1"), ("1", "")]


def test_a_ticket_that_is_made_twice_is_there_once(there, client, draft):
    assert client.create(draft) == client.create(draft)
    assert len(there.issues) == 1


def test_labels_and_other_fields(there, client, draft):
    made = client.create(replace(draft, labels=("Reliability", "incident"), extra={"estimate": "3"}))
    assert there.issues[made.pk].labels == ["l-2", "l-1"]
    error = refused(lambda: client.create(replace(draft, labels=("nowhere",))))
    assert (error.problem, error.words) == (Problem.REFUSED, "has no label “nowhere” in that team")


def test_one_that_was_moved_to_another_team(there, client, known):
    key = there.move(known.pk)
    found = client.get(known.pk, there.project)
    assert (found.pk, found.key, found.project) == (known.pk, key, "t-ops")


def test_one_that_is_archived(there, client, known):
    there.archive(known.pk)
    assert client.get(known.pk, there.project).is_archived
    assert client.changed_since(there.project, timezone.now() - timedelta(minutes=5), [known.pk]) == [
        known.pk
    ]


def test_one_that_is_deleted_for_good(there, client, known):
    there.purge(known.pk)
    for act in (lambda: client.get(known.pk, ""), lambda: client.change(known, {Field.TITLE: "x"})):
        assert refused(act).problem == Problem.GONE


def test_a_state_that_is_not_there_is_refused_and_not_gone(there, client, known):
    error = refused(lambda: client.change(known, {Field.STATE: "s-else"}))
    assert (error.problem, error.words) == (
        Problem.REFUSED,
        "refused it: Could not find referenced WorkflowState.",
    )


def test_a_ticket_of_another_workspace(there, client, known):
    error = refused(lambda: client.find("https://linear.app/other/issue/PAY-1/something"))
    assert error.words == "has another address than this ticket"


def limited(**headers):
    error = {"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED", "type": "ratelimited"}}
    return Fault(status=400, body=json.dumps({"errors": [error]}).encode(), headers=headers)


def test_a_limit_that_ends_when_linear_says(there, client, known):
    until = int((time.time() + 600) * 1000)
    there.faults.append(
        limited(**{"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": str(until)})
    )
    error = refused(lambda: client.get(known.pk, ""))
    assert error.problem == Problem.LIMITED
    assert abs(error.retry_at.timestamp() - until / 1000) < 2


def test_a_limit_of_complexity_is_another_one(there, client, known):
    now = time.time()
    there.faults.append(
        limited(
            **{
                "X-RateLimit-Requests-Remaining": "900",
                "X-RateLimit-Requests-Reset": str(int((now + 3000) * 1000)),
                "X-RateLimit-Complexity-Remaining": "0",
                "X-RateLimit-Complexity-Reset": str(int((now + 300) * 1000)),
            }
        )
    )
    assert abs(refused(client.look).retry_at.timestamp() - now - 300) < 3


def test_a_limit_without_a_time_ends_in_a_minute(there, client, known):
    there.faults.append(limited())
    wait = refused(client.look).retry_at - timezone.now()
    assert timedelta(seconds=55) < wait <= timedelta(seconds=60)


@pytest.mark.parametrize(
    ("extensions", "problem"),
    [
        ({"code": "AUTHENTICATION_ERROR"}, Problem.SIGN_IN),
        ({"type": "authentication error"}, Problem.SIGN_IN),
        ({"code": "FORBIDDEN"}, Problem.FORBIDDEN),
        ({"code": "INPUT_ERROR"}, Problem.REFUSED),
        ({"code": "SOMETHING_NEW", "userError": True}, Problem.REFUSED),
        ({"code": "INTERNAL_SERVER_ERROR"}, Problem.UNREACHABLE),
        ({}, Problem.UNREACHABLE),
    ],
)
def test_errors_in_an_answer_of_200(there, client, known, extensions, problem):
    said = {"data": None, "errors": [{"message": "It failed", "extensions": extensions}]}
    there.faults.append(Fault(body=json.dumps(said).encode()))
    error = refused(lambda: client.get(known.pk, ""))
    assert (error.problem, error.may_have_run) == (problem, False)
