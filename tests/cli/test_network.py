"""Is the command line patient with networks, and careful with the token?"""

import pytest

from tests.cli.conftest import CommandLine

PAGE = {"next": None, "previous": None, "results": []}
NOTE = {"incident": "INC-1", "occurred_at": "2026-01-01T10:00:00Z"}
BUSY = {"title": "It does not fit", "status": 409, "detail": "It is being answered."}


@pytest.fixture
def allclear(stub, tmp_path):
    return CommandLine(tmp_path, stub.url, "alc_secret")


def test_a_post_is_sent_again_with_the_same_key(allclear, stub):
    stub.answers = [None, (503, {}, {}), (409, {"Retry-After": "1"}, BUSY), (201, {}, NOTE)]
    assert allclear.run("note", "INC-1", "Seen").code == 0
    assert len({request.headers["Idempotency-Key"] for request in stub.requests}) == 1
    assert len({request.body for request in stub.requests}) == 1
    assert len(stub.requests) == 4


def test_a_conflict_of_states_is_not_tried_again(allclear, stub):
    stub.answers = [(409, {}, BUSY)]
    answer = allclear.run("close", "INC-1")
    assert (answer.code, answer.err) == (6, "allclear: It is being answered.\n")


def test_through_a_proxy(allclear, stub):
    stub.answers = [(200, {}, PAGE)]
    answer = allclear.run("list", ALLCLEAR_URL="http://incidents.example.test", HTTP_PROXY=stub.url)
    assert answer.code == 0, answer.err
    assert stub.requests[0].path.startswith("http://incidents.example.test/api/v1/incidents?")


def test_the_token_follows_no_redirect(allclear, stub):
    stub.answers = [(302, {"Location": f"{stub.url}/elsewhere"}, {})]
    answer = allclear.run("list")
    assert (answer.code, len(stub.requests)) == (2, 1)
    assert "/elsewhere" in answer.err


def test_something_else_that_answers_is_named(allclear, stub):
    html = {"Content-Type": "text/html"}
    stub.answers = [(200, html, {}), (404, html, {})]
    for _ in range(2):
        answer = allclear.run("list")
        assert (answer.code, "is not Allclear's API" in answer.err) == (2, True), answer.err
