"""Does every answer that is no answer become words that say what is wrong, for GitHub and GitLab?"""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.trackers.forge import Answer
from trackers.face import Access, Draft, Field, Problem, RemoteTicket, TrackerError
from trackers.kinds import client_of, http

DRAFT = Draft(project="10", title="Alert", text="Text", marker="abc")


@pytest.fixture(params=["github", "gitlab"])
def kind(request):
    return request.param


@pytest.fixture
def server(kind, request):
    return request.getfixturevalue(kind)


@pytest.fixture
def client(kind, server):
    return client_of(Access(kind, server.url, "token-canary"))


@pytest.fixture
def ask(client, server):
    """What comes of a call that is answered like this: of a fetch, or with `makes` of a new issue."""

    def asked(answer: Answer, *, makes: bool = False) -> TrackerError:
        server.fails = lambda asked: answer
        with pytest.raises(TrackerError) as caught:
            client.create(DRAFT) if makes else client.get("10/1", "10")
        assert "token-canary" not in caught.value.words
        return caught.value

    return asked


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (401, Problem.SIGN_IN),
        (403, Problem.FORBIDDEN),
        (404, Problem.GONE),
        (410, Problem.GONE),
        (400, Problem.REFUSED),
        (409, Problem.REFUSED),
        (422, Problem.REFUSED),
        (429, Problem.LIMITED),
        (500, Problem.UNREACHABLE),
        (502, Problem.UNREACHABLE),
        (503, Problem.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("body", [b'{"message": "No"}', b"<html>No</html>", b"", b'["No"]', b'"No"', b"null"])
def test_each_status_has_its_meaning_whatever_the_body(ask, server, status, problem, body):
    error = ask(Answer(status, raw=body))
    assert error.problem == problem
    assert len(server.asked) == 1, "it is not tried again by the library"
    assert "<" not in error.words


def test_whether_it_may_have_been_made_all_the_same(ask):
    for answer, may_have_run in (
        (Answer(500, {}), True),
        (Answer(200, raw=b"garbage"), True),
        (Answer(422, {"message": "No"}), False),
        (Answer(401, {}), False),
    ):
        assert ask(answer, makes=True).may_have_run is may_have_run
        assert ask(answer).may_have_run is False


def test_a_limit_says_when_it_ends_and_nobody_sleeps_meanwhile(ask):
    begun = time.monotonic()
    error = ask(Answer(429, {"message": "Too many"}, {"Retry-After": "120"}))
    assert error.problem == Problem.LIMITED
    assert timedelta(seconds=110) < error.retry_at - timezone.now() <= timedelta(seconds=120)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"Retry-After": "90"}, "You have exceeded a secondary rate limit.", 90),
        ({}, "You have exceeded a secondary rate limit. Please retry your request again later.", 60),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{in_300}"},
            "API rate limit exceeded for user ID 1.",
            300,
        ),
    ],
)
@pytest.mark.parametrize("kind", ["github"], indirect=True)
def test_limits_of_github_that_are_403(ask, headers, message, seconds):
    in_300 = str(int(time.time()) + 300)
    told = {name: value.format(in_300=in_300) for name, value in headers.items()}
    error = ask(Answer(403, {"message": message}, told))
    assert error.problem == Problem.LIMITED
    assert abs((error.retry_at - timezone.now()).total_seconds() - seconds) < 10


@pytest.mark.parametrize("kind", ["github"], indirect=True)
def test_single_sign_on_says_what_to_do(ask):
    error = ask(
        Answer(
            403, {"message": "Resource protected by organization SAML"}, {"X-GitHub-SSO": "required; url=x"}
        )
    )
    assert error.words == "does not allow this (403). Authorize the token for single sign-on there"


@pytest.mark.parametrize("kind", ["gitlab"], indirect=True)
def test_a_scope_that_is_too_small_says_what_to_do(ask):
    error = ask(
        Answer(403, {"error": "insufficient_scope", "error_description": "More is needed", "scope": "api"})
    )
    assert error.words == "does not allow this (403). The token needs the scope “api”"


@pytest.mark.parametrize(
    "body", [b"garbage", b"", b"[]", b"{}", b'"a"', b"null", b"\xff\xfe", b'{"title": 1}', b"[" * 200_000]
)
def test_garbage_says_that_it_cannot_be_read(ask, body):
    error = ask(Answer(200, raw=body))
    assert (error.problem, error.words) == (Problem.UNREADABLE, "sent an answer that cannot be read")


def test_too_much_is_not_read(ask, monkeypatch):
    monkeypatch.setattr(http, "MOST_BYTES", 10_000)
    assert ask(Answer(200, raw=b'"' + b"a" * 20_000 + b'"')).words == "sent an answer that is too large"


def test_one_that_drips_is_cut_off(ask, monkeypatch):
    monkeypatch.setattr(http, "PATIENCE", replace(http.PATIENCE, altogether=1.0))
    begun = time.monotonic()
    error = ask(Answer(200, raw=b"a" * 1000, drip=0.1))
    assert (error.problem, error.words) == (Problem.UNREACHABLE, "did not answer within 1 s")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("makes", [False, True])
def test_a_redirect_elsewhere_is_not_followed(ask, targets_of, status, makes):
    other = targets_of()
    error = ask(Answer(status, {}, {"Location": f"{other.url}/api/v4/user"}), makes=makes)
    assert error.problem == Problem.UNREACHABLE
    assert error.words == f"answered {status}, a redirect, which is not followed. Check the address"
    assert other.asked == []


def test_a_circle_of_redirects_ends(ask, server):
    error = ask(Answer(301, {}, {"Location": f"{server.url}{server.api}/user"}))
    assert "a redirect, which is not followed" in error.words
    assert len(server.asked) == 3


def test_one_that_is_not_ready_is_not_waited_for(ask, server):
    begun = time.monotonic()
    assert ask(Answer(202, {})).problem == Problem.UNREADABLE
    assert time.monotonic() - begun < 1.5


def test_a_private_address_needs_permission(ask, settings, server):
    settings.OUTBOUND_ALLOW = []
    error = ask(Answer(200, {}))
    assert error.words == "has a private address that ALLCLEAR_OUTBOUND_ALLOW does not allow"
    assert server.asked == []


def test_nobody_listens(kind, server):
    client = client_of(Access(kind, server.url, "token-canary"))
    server.close()
    with pytest.raises(TrackerError) as caught:
        client.change(_ticket(), {Field.TITLE: "Later"})
    assert (caught.value.problem, caught.value.words) == (Problem.UNREACHABLE, "cannot be reached")


def _ticket():
    return RemoteTicket("10/1", "acme/pay#1", "", "10", {}, {}, timezone.now())
