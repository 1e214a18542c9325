"""Is a pull request, which GitHub lists among the issues, never taken for one?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from action_items.workflow import change_action_item
from tests.trackers.fake_github import BOT
from trackers.face import Access, Problem
from trackers.kinds.github.client import Client
from trackers.models import Ticket
from trackers.workflow import create_ticket, link_ticket
from trackers.workflow.sweeping import touch

PULL = {"url": "https://api.github.com/repos/acme/pay/pulls/1", "merged_at": None}
WORDS = "has a pull request there, which cannot be linked. Link an issue"


@pytest.fixture
def client(github):
    return Client(Access("github", github.url, "token-1"))


def test_one_with_the_marker_is_not_the_ticket_that_was_made(client, github):
    github.add_issue(by=BOT, body="abc123", pull_request=PULL)
    since = timezone.now() - timedelta(minutes=5)
    assert client.find_marked("10", "abc123", since) is None
    github.add_issue(by=BOT, body="abc123")
    assert client.find_marked("10", "abc123", since).pk == "10/2"


def test_an_issue_says_with_null_that_it_is_none(client, github):
    github.add_issue(by=BOT, body="abc123", pull_request=None)
    assert client.get("10/1", "10").pk == "10/1"
    assert client.find_marked("10", "abc123", timezone.now() - timedelta(minutes=5)).pk == "10/1"


def test_one_that_changed_is_told_only_where_it_is_linked(client, github):
    github.add_issue(pull_request=PULL)
    github.add_issue()
    since = timezone.now() - timedelta(minutes=5)
    assert client.changed_since("10", since, ["10/2"]) == ["10/2"]


@pytest.mark.parametrize("pasted", ["acme/pay#1", "{url}/acme/pay/issues/1", "{url}/acme/pay/pull/1"])
def test_one_is_not_linked(github_project, item, github, responder, work, pasted):
    github.add_issue(title="Change", pull_request=PULL)
    link_ticket(
        by=responder, item=item, tracker=github_project.tracker, address=pasted.format(url=github.url)
    )
    work()
    found = Ticket.objects.get()
    assert (found.is_linked, found.problem, found.problem_words) == (False, Problem.REFUSED, WORDS)
    assert github.comments["10", 1] == []


def test_an_issue_that_was_made_into_one_is_not_written_to(github_project, item, github, responder, work):
    """As its API allows: the pull request has the number of the issue."""
    create_ticket(by=responder, item=item, project=github_project)
    work()
    github.issues["10", 1]["pull_request"] = PULL
    change_action_item(item=item, by=responder, title="Alert earlier")
    work()
    found = Ticket.objects.get()
    assert (found.problem, found.problem_words) == (Problem.REFUSED, WORDS)
    assert github.issues["10", 1]["title"] == "Alert on saturation"
    del github.issues["10", 1]["pull_request"]
    touch(found.tracker_id, ["10/1"], timezone.now())
    work()
    assert github.issues["10", 1]["title"] == "Alert earlier"
    assert Ticket.objects.get().problem == ""
