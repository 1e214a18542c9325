"""Is an error of the server or a redirect a problem of the one ticket that it answers, where the tracker answers otherwise?"""

import pytest
from django.utils import timezone

from tests.trackers.forge import Answer
from tests.trackers.looking import look
from trackers.models import Ticket, Tracker
from trackers.workflow import create_ticket, link_ticket, look_at_project

ISSUE = "/repositories/10/issues/1"
ELSEWHERE = {"Location": "https://login.example.test/"}
ONE = [
    (Answer(500, raw=b"<html>"), "answered 500"),
    (Answer(502, {}), "answered 502"),
    (Answer(302, {}, ELSEWHERE), "answered 302, a redirect, which is not followed"),
]
TRACKERS = [
    (Answer(401, {}), "sign_in"),
    (Answer(429, {}, {"Retry-After": "60"}), "limited"),
    (Answer(403, {}, {"Retry-After": "60"}), "limited"),
    (Answer(503, {}, {"Retry-After": "60"}), "unreachable"),
]


@pytest.mark.parametrize(("answer", "words"), ONE)
def test_it_is_that_tickets_problem(linked_tickets, github, work, responder, client, answer, words):
    one, other = linked_tickets
    github.fails = lambda asked: answer if asked.path == ISSUE else None
    github.edit(("10", 2), title="Theirs")
    look(work, one, other)
    tracker = Tracker.objects.get()
    assert (one.problem, one.problem_words) == ("unreadable", words)
    assert (tracker.problem, tracker.retry_at) == ("", None)
    other.item.refresh_from_db()
    assert (other.problem, other.item.title) == ("", "Theirs")
    client.force_login(responder)
    assert f"Backlog {words}. It is tried again by itself." in client.get(one.item.get_absolute_url()).text
    github.fails = None
    github.edit(("10", 1), title="Answered again")
    look(work, one)
    one.item.refresh_from_db()
    assert (one.problem, one.item.title) == ("", "Answered again")


def test_it_is_tried_again_less_and_less(linked_tickets, github, work, time_machine):
    one, waits = linked_tickets[0], []
    github.fails = lambda asked: Answer(500, {}) if asked.path == ISSUE else None
    look(work, one)
    for _ in range(7):
        waits.append(round((one.next_at - timezone.now()).total_seconds() / 60))
        time_machine.move_to(one.next_at)
        work()
        one.refresh_from_db()
    assert waits == [1, 1, 2, 4, 8, 15, 15]


@pytest.mark.parametrize(("answer", "words"), ONE)
def test_the_same_to_everything_is_the_trackers(linked_tickets, github, work, answer, words):
    github.fails = lambda asked: answer
    look(work, *linked_tickets)
    tracker = Tracker.objects.get()
    assert (tracker.problem, tracker.problem_words.startswith(words)) == ("unreachable", True)
    assert tracker.retry_at > timezone.now()
    assert [one.problem for one in linked_tickets] == ["", ""]


@pytest.mark.parametrize(("answer", "problem"), TRACKERS)
def test_what_is_the_trackers_whatever_it_answers(linked_tickets, github, work, answer, problem):
    github.fails = lambda asked: answer if asked.path == ISSUE else None
    look(work, linked_tickets[0])
    assert (linked_tickets[0].problem, Tracker.objects.get().problem) == ("", problem)


def test_a_connection_that_fails(linked_tickets, github, work):
    github.close()
    look(work, linked_tickets[0])
    tracker = Tracker.objects.get()
    assert (linked_tickets[0].problem, tracker.problem, tracker.problem_words) == (
        "",
        "unreachable",
        "cannot be reached",
    )


def test_one_that_is_made_is_not_made_twice(github_project, item, responder, github, work):
    plain = github.create

    def create(asked, repository):
        plain(asked, repository)
        return Answer(500, {})

    github.create = create
    create_ticket(by=responder, item=item, project=github_project)
    work()
    ticket = Ticket.objects.get()
    assert (ticket.problem, ticket.is_linked, Tracker.objects.get().problem) == ("unreadable", False, "")
    assert ticket.next_at > timezone.now()
    look(work, ticket)
    assert (ticket.problem, ticket.key, len(github.issues)) == ("", "acme/pay#1", 1)


def test_one_that_is_linked(github_project, item, responder, github, work):
    github.add_issue(title="There")
    github.fails = lambda asked: Answer(500, {}) if asked.path == "/repos/acme/pay/issues/1" else None
    link_ticket(by=responder, item=item, tracker=github_project.tracker, address="acme/pay#1")
    work()
    ticket = Ticket.objects.get()
    assert (ticket.problem, Tracker.objects.get().problem) == ("unreadable", "")
    github.fails = None
    look(work, ticket)
    assert (ticket.problem, ticket.key, ticket.is_synced) == ("", "acme/pay#1", True)


def test_a_list_of_what_changed(linked_tickets, github, work):
    """Each ticket is then asked for by itself."""
    github.fails = lambda asked: Answer(500, {}) if asked.path == "/repositories/10/issues" else None
    github.edit(("10", 1), title="Theirs")
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    assert Ticket.objects.get(pk=linked_tickets[0].pk).item.title == "Theirs"
    assert Tracker.objects.get().problem == ""


def test_a_project(github_project, github, admin, work):
    github.fails = lambda asked: Answer(500, {}) if asked.path == "/repositories/10" else None
    look_at_project(by=admin, project=github_project)
    work()
    github_project.refresh_from_db()
    assert (github_project.problem, github_project.problem_words, Tracker.objects.get().problem) == (
        "unreadable",
        "answered 500",
        "",
    )


def test_the_look_at_the_tracker_itself(github_project, github, work):
    """It is not asked a second time for that."""
    github.fails = lambda asked: Answer(500, {})
    github.asked.clear()
    Tracker.objects.update(look_at=timezone.now())
    work()
    tracker = Tracker.objects.get()
    assert (tracker.problem, tracker.problem_words) == ("unreachable", "answered 500")
    assert len(github.asked) == 1
