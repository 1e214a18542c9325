"""Is an answer that cannot be read a problem of its ticket or project, and of the tracker only where nothing can be read?"""

import pytest
from django.utils import timezone

from action_items.workflow import change_action_item
from tests.trackers.forge import Answer
from tests.trackers.looking import look
from trackers.kinds import http
from trackers.models import Ticket, Tracker
from trackers.workflow import (
    add_tracker,
    create_ticket,
    link_ticket,
    look_at_project,
    sync_ticket,
)

HTML = Answer(200, raw=b"<html>Sign in</html>", headers={"Content-Type": "text/html"})
ISSUE = "/repositories/10/issues/1"
WORDS = "sent an answer that cannot be read"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"{}", b'{"number": 1, "title": 2, "state": {}}'])
def test_one_ticket_of_several(linked_tickets, github, work, responder, client, body):
    one, other = linked_tickets
    github.fails = lambda asked: Answer(200, raw=body) if asked.path == ISSUE else None
    github.edit(("10", 2), title="Theirs")
    look(work, one, other)
    tracker = Tracker.objects.get()
    assert (one.problem, one.problem_words) == ("unreadable", WORDS)
    assert (tracker.problem, tracker.retry_at) == ("", None)
    other.item.refresh_from_db()
    assert (other.problem, other.item.title) == ("", "Theirs")
    assert timezone.now() < one.next_at <= timezone.now() + Tracker.LONGEST_PAUSE
    client.force_login(responder)
    page = client.get(one.item.get_absolute_url()).text
    assert "Backlog sent an answer that cannot be read. It is tried again by itself." in page
    assert "Cannot be read" in page
    github.fails = None
    github.edit(("10", 1), title="Read again")
    look(work, one)
    one.item.refresh_from_db()
    assert (one.problem, one.item.title) == ("", "Read again")


def test_one_that_is_too_large(linked_tickets, github, work, monkeypatch):
    one, other = linked_tickets
    monkeypatch.setattr(http, "MOST_BYTES", 100_000)
    large = Answer(200, raw=b'"' + b"a" * 200_000 + b'"')
    github.fails = lambda asked: large if asked.path == ISSUE else None
    look(work, one, other)
    assert (one.problem, one.problem_words) == ("unreadable", "sent an answer that is too large")
    assert (other.problem, Tracker.objects.get().problem) == ("", "")


def test_a_page_in_place_of_every_answer(linked_tickets, github, work):
    """A login page, or what a proxy says: nothing is wrong with a ticket."""
    github.fails = lambda asked: HTML
    look(work, *linked_tickets)
    tracker = Tracker.objects.get()
    assert (tracker.problem, tracker.problem_words) == ("unreachable", f"{WORDS}. Check the address")
    assert tracker.retry_at > timezone.now()
    assert [one.problem for one in linked_tickets] == ["", ""]
    github.fails = None
    github.edit(("10", 1), title="Back")
    Tracker.objects.update(retry_at=None)
    work()
    assert Tracker.objects.get().problem == ""
    assert Ticket.objects.get(pk=linked_tickets[0].pk).item.title == "Back"


def test_a_tracker_that_ends_its_answers_meanwhile(linked_tickets, github, work):
    github.fails = lambda asked: HTML if asked.path == ISSUE else Answer(500, raw=b"")
    look(work, linked_tickets[0])
    assert (linked_tickets[0].problem, Tracker.objects.get().problem) == ("", "unreachable")


def test_a_tracker_whose_test_cannot_be_read(github, admin, work):
    github.fails = lambda asked: HTML
    tracker = add_tracker(by=admin, kind="github", name="Backlog", url=github.url, secret="token-1")
    work()
    tracker.refresh_from_db()
    assert (tracker.problem, tracker.problem_words) == ("unreachable", f"{WORDS}. Check the address")


def test_a_project(github_project, github, admin, work):
    github.fails = lambda asked: HTML if asked.path == "/repositories/10" else None
    look_at_project(by=admin, project=github_project)
    work()
    github_project.refresh_from_db()
    assert (github_project.problem, github_project.problem_words) == ("unreadable", WORDS)
    assert timezone.now() < github_project.look_at <= timezone.now() + Tracker.LONGEST_PAUSE
    assert Tracker.objects.get().problem == ""


def test_one_that_was_made_is_found_and_not_made_again(github_project, item, responder, github, work):
    plain = github.create

    def create(asked, repository):
        plain(asked, repository)
        return HTML

    github.create = create
    create_ticket(by=responder, item=item, project=github_project)
    work()
    ticket = Ticket.objects.get()
    assert (ticket.problem, ticket.is_linked, Tracker.objects.get().problem) == ("unreadable", False, "")
    assert ticket.next_at > timezone.now()
    look(work, ticket)
    assert (ticket.problem, ticket.key, len(github.issues)) == ("", "acme/pay#1", 1)


def test_one_that_is_never_made_is_tried_less_and_less(github_project, item, responder, github, work):
    github.fails = lambda asked: HTML if asked.method == "POST" else None
    create_ticket(by=responder, item=item, project=github_project)
    work()
    ticket, waits = Ticket.objects.get(), []
    for _ in range(8):
        waits.append(round((ticket.next_at - timezone.now()).total_seconds()))
        look(work, ticket)
    assert waits == [60, 120, 240, 480, 900, 900, 900, 900]
    assert Tracker.objects.get().problem == ""


def test_what_is_set_there(linked_tickets, github, responder, work):
    one = linked_tickets[0]
    github.fails = lambda asked: HTML if asked.method == "PATCH" else None
    change_action_item(item=one.item, by=responder, title="Ours")
    work()
    one.refresh_from_db()
    assert (one.problem, Tracker.objects.get().problem) == ("unreadable", "")
    github.fails = None
    sync_ticket(by=responder, ticket=one)
    work()
    assert github.issues["10", 1]["title"] == "Ours"


def test_one_that_is_linked(github_project, item, responder, github, work):
    github.add_issue(title="There")
    github.fails = lambda asked: HTML if asked.path == "/repos/acme/pay/issues/1" else None
    link_ticket(by=responder, item=item, tracker=github_project.tracker, address="acme/pay#1")
    work()
    ticket = Ticket.objects.get()
    assert (ticket.problem, Tracker.objects.get().problem) == ("unreadable", "")
    github.fails = None
    look(work, ticket)
    assert (ticket.problem, ticket.key, ticket.is_synced) == ("", "acme/pay#1", True)


def test_a_list_of_what_changed(linked_tickets, github, work):
    """Each ticket is then asked for by itself."""
    github.fails = lambda asked: HTML if asked.path == "/repositories/10/issues" else None
    github.edit(("10", 1), title="Theirs")
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    assert Ticket.objects.get(pk=linked_tickets[0].pk).item.title == "Theirs"
    assert Tracker.objects.get().problem == ""
