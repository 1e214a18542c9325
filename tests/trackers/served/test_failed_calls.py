"""Is a call that fails told in words of ours, within its time, and never done twice?"""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.trackers.served.serving import Fault
from trackers.face import Access, Draft, Field, Problem, TrackerError
from trackers.kinds import client_of, http
from trackers.kinds.http import MOST_BYTES


@pytest.fixture(params=["jira cloud", "jira data center", "linear"])
def there(request, serve):
    return serve(request.param)


@pytest.fixture
def known(there, client):
    pk = there.add()
    return client.get(pk, there.project)


def refused(act) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        act()
    return caught.value


def get(there, client, known, **fault):
    there.faults.append(Fault(**fault))
    return refused(lambda: client.get(known.pk, there.project))


def test_a_token_that_is_wrong_or_has_expired(there, client, known):
    there.expire()
    for act in (
        client.look,
        lambda: client.get(known.pk, there.project),
        lambda: client.change(known, {Field.TITLE: "x"}),
    ):
        error = refused(act)
        assert error.problem == Problem.SIGN_IN
        assert error.words == "refused the sign-in (401). The token is wrong or has expired"


def test_what_may_not_be_read(there, client, known):
    there.forbid(known.pk)
    error = refused(lambda: client.get(known.pk, there.project))
    assert (error.problem, error.words) == (Problem.FORBIDDEN, "does not allow this (403)")


def test_a_limit_says_until_when(there, client, known):
    before = timezone.now()
    error = get(there, client, known, status=429, headers={"Retry-After": "420"}, body=b"{}")
    assert error.problem == Problem.LIMITED
    assert timedelta(seconds=415) < error.retry_at - before < timedelta(seconds=425)
    assert len(there.requests) == 2, "the library does not wait and ask again"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_one_that_is_down(there, client, known, status):
    error = get(there, client, known, status=status, body=b"<html>Bad gateway</html>")
    assert (error.problem, error.may_have_run) == (Problem.UNREACHABLE, False)
    assert len(there.requests) == 2


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>", b"[1]", b"null", b'{"a": 1}', b"[" * 100_000])
def test_an_answer_that_cannot_be_read(there, client, known, body):
    error = get(there, client, known, body=body)
    assert (error.problem, error.words) == (Problem.UNREADABLE, "sent an answer that cannot be read")


def test_a_redirect_is_not_followed(there, client, known):
    error = get(there, client, known, status=302, headers={"Location": f"{there.url}/elsewhere"})
    assert error.words == "answered 302, a redirect, which is not followed. Check the address"
    assert len(there.requests) == 2


def test_an_answer_that_is_too_large(there, client, known):
    error = get(there, client, known, body=b"x" * (MOST_BYTES + 1))
    assert error.words == "sent an answer that is too large"


@pytest.mark.parametrize("slow", [{"hang": 3.0}, {"body": b"x" * 100, "drip": 0.1}])
def test_a_slow_one_is_left_after_a_while(there, client, known, monkeypatch, slow):
    monkeypatch.setattr(http, "PATIENCE", http.Patience(connect=0.5, silence=5.0, altogether=0.7))
    begun = time.monotonic()
    error = get(there, client, known, **slow)
    assert time.monotonic() - begun < 2
    assert error.problem == Problem.UNREACHABLE


def test_one_that_is_not_there(there, known):
    access = there.access | {"url": "http://127.0.0.1:9"}
    error = refused(client_of(Access(**access)).look)
    assert (error.problem, error.words, error.may_have_run) == (
        Problem.UNREACHABLE,
        "cannot be reached",
        False,
    )


def test_a_private_address_that_is_not_allowed(there, client, known, settings):
    settings.OUTBOUND_ALLOW = []
    error = refused(client.look)
    assert error.words == "has a private address that ALLCLEAR_OUTBOUND_ALLOW does not allow"


def test_what_may_have_been_done_all_the_same(there, client):
    facts = client.project(there.project)
    draft = Draft(there.project, "Title", "Text a1", "a1", type=facts.types[0].pk if facts.types else "")
    there.faults.append(Fault(loses=True, method="POST"))
    error = refused(lambda: client.create(draft))
    assert (error.problem, error.may_have_run) == (Problem.UNREACHABLE, True)
    assert len(there.issues) == 1
    assert (
        client.find_marked(there.project, "a1", datetime.now(UTC) - timedelta(minutes=5)).pk in there.issues
    )


def test_a_field_that_is_refused_says_why(there, client, known):
    name = "dueDate" if "linear" in there.access["kind"] else "duedate"
    there.refuses = {name: "The due date may not lie in the past."}
    error = refused(lambda: client.change(known, {Field.DUE: "2020-01-01"}))
    assert error.problem == Problem.REFUSED
    assert error.words == "refused it: The due date may not lie in the past."


def test_a_secret_is_in_no_text(there, client, known):
    there.expire()
    error = refused(client.look)
    assert there.access["secret"] not in f"{error} {error.__cause__} {Access(**there.access)!r}"
