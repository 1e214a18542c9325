"""Do action items and issues of GitHub and GitLab stay in step, through the workers' turns?"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from action_items.models import ActionState
from action_items.workflow import (
    add_action_item,
    change_action_item,
    complete_action_item,
    start_action_item,
    wont_do_action_item,
)
from tests.trackers.forge import Answer
from trackers.face import Field, Problem
from trackers.models import Ticket, TicketConflict, Tracker, TrackerPerson
from trackers.workflow import add_project, add_tracker, create_ticket, link_ticket, match_person
from trackers.workflow.sweeping import touch

KINDS = ["github", "gitlab"]


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def server(kind, request):
    """In place of the imaginary one."""
    return request.getfixturevalue(kind)


@pytest.fixture
def tracker(server, kind, admin, responder, work):
    tracker = add_tracker(by=admin, kind=kind, name="Backlog", url=server.url, secret="token-1")
    work()
    tracker.refresh_from_db()
    return tracker


@pytest.fixture
def project(tracker, admin, responder, work):
    project = add_project(by=admin, tracker=tracker, remote_id="10")
    work()
    match_person(by=admin, person=TrackerPerson.objects.get(remote_id="2"), user=responder)
    project.refresh_from_db()
    return project


@pytest.fixture
def look(ticket, work):
    def again() -> Ticket:
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        work()
        ticket.refresh_from_db()
        return ticket

    return again


def state_there(server, place=("10", 1)):
    issue = server.issues[place]
    return ":".join(filter(None, (issue["state"], issue.get("state_reason"))))


CLOSED = {"github": "closed:completed", "gitlab": "closed"}
NOT_PLANNED = {"github": "closed:not_planned", "gitlab": "closed"}
OPEN = {"github": "open", "gitlab": "opened"}


def test_an_item_becomes_an_issue_of_its_owner(ticket, server, item):
    issue = server.issues["10", 1]
    assert (ticket.key, ticket.problem) == ("acme/pay#1", "")
    assert (issue["title"], [one["id"] for one in issue["assignees"]]) == ("Alert on saturation", [2])
    text = issue.get("body") or issue["description"]
    assert f"/actions/{item.pk}/?ticket={ticket.marker.hex}" in text


def test_what_changes_here_is_set_there(ticket, server, kind, item, responder, work):
    change_action_item(item=item, by=responder, title="Earlier", owner=None, due_on=date(2027, 3, 1))
    work()
    issue = server.issues["10", 1]
    assert (issue["title"], issue["assignees"]) == ("Earlier", [])
    assert issue.get("due_date") == ("2027-03-01" if kind == "gitlab" else None)
    complete_action_item(item=item, by=responder)
    work()
    assert state_there(server) == CLOSED[kind]


def test_what_changes_there_is_set_here(ticket, server, kind, item, responder, look):
    due = {"due_date": "2027-04-01"} if kind == "gitlab" else {}
    server.edit(("10", 1), title="Later", assignees=[], **due)
    server.edit(("10", 1), state="closed")
    look()
    item.refresh_from_db()
    assert (item.title, item.owner, item.state) == ("Later", None, ActionState.DONE)
    assert item.due_on == (date(2027, 4, 1) if kind == "gitlab" else None)


def test_in_progress_stays_so_where_the_tracker_has_no_such_state(
    ticket, server, kind, item, responder, work, look
):
    start_action_item(item=item, by=responder)
    work()
    server.edit(("10", 1), title="Later")
    look()
    item.refresh_from_db()
    assert (item.state, state_there(server).partition(":")[0]) == (ActionState.IN_PROGRESS, OPEN[kind])
    assert Ticket.objects.get().problem == ""


def test_what_will_not_be_done_is_closed_and_stays_so(ticket, server, kind, item, responder, work, look):
    wont_do_action_item(item=item, by=responder, reason="No")
    work()
    look()
    item.refresh_from_db()
    assert (item.state, state_there(server)) == (ActionState.WONT_DO, NOT_PLANNED[kind])
    server.edit(("10", 1), state=OPEN[kind])
    look()
    item.refresh_from_db()
    assert item.state == ActionState.OPEN


@pytest.mark.parametrize("kind", ["github"], indirect=True)
@pytest.mark.parametrize("reason", ["not_planned", "duplicate"])
def test_closed_as_not_planned_or_duplicate_is_not_done(ticket, server, item, look, reason):
    server.edit(("10", 1), state="closed", state_reason=reason)
    look()
    item.refresh_from_db()
    assert (item.state, item.wont_do_reason) == (ActionState.WONT_DO, "Closed in acme/pay#1 by dana.")


def test_nothing_goes_round_in_a_circle(ticket, server, kind, item, responder, work, look):
    change_action_item(item=item, by=responder, title="Earlier")
    work()
    server.edit(("10", 1), state="closed")
    look()
    writes = [one for one in server.asked if one.method in ("PATCH", "PUT")]
    version = type(item).objects.get(pk=item.pk).version
    for _ in range(3):
        look()
    assert [one for one in server.asked if one.method in ("PATCH", "PUT")] == writes
    assert type(item).objects.get(pk=item.pk).version == version
    assert not TicketConflict.objects.exists()


def test_a_new_owner_is_no_conflict(ticket, server, item, commander, admin, work):
    """The tracker may tell of it in two events."""
    match_person(by=admin, person=TrackerPerson.objects.get(remote_id="3"), user=commander)
    change_action_item(item=item, by=commander, owner=commander)
    work()
    assert [one["id"] for one in server.issues["10", 1]["assignees"]] == [3]
    assert not TicketConflict.objects.exists()


@pytest.mark.parametrize("minutes", [2, -2])
def test_both_sides_at_once_use_the_newer_and_keep_both(ticket, server, item, responder, look, minutes):
    server.edit(("10", 1), title="Theirs")
    at = f"{timezone.now() + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
    server.issues["10", 1]["updated_at"] = at
    for event in server.events["10", 1]:
        event["created_at"] = at
    change_action_item(item=item, by=responder, title="Ours")
    look()
    item.refresh_from_db()
    conflict = TicketConflict.objects.get()
    assert (conflict.ours, conflict.theirs, conflict.used_theirs) == ("Ours", "Theirs", minutes > 0)
    assert item.title == server.issues["10", 1]["title"] == ("Theirs" if minutes > 0 else "Ours")


def test_a_lost_answer_makes_no_second_issue(item, project, server, responder, work, let_leases_end):
    lost = []

    def lose(asked):
        if asked.method == "POST" and asked.path.endswith("/issues") and asked.said.get("title") and not lost:
            lost.append(asked)
            server.fails = None
            server.answer(asked)
            return Answer(502, {})
        return None

    server.fails = lose
    create_ticket(by=responder, item=item, project=project)
    work()
    assert Ticket.objects.get().state == "creating"
    let_leases_end()
    work()
    assert len(server.issues) == 1
    assert Ticket.objects.get().key == "acme/pay#1"


def test_an_issue_is_linked_by_its_address_and_told_once(item, project, server, responder, work):
    server.add_issue(title="Their title")
    link_ticket(by=responder, item=item, tracker=project.tracker, address="acme/pay#1")
    work()
    item.refresh_from_db()
    ticket = Ticket.objects.get()
    assert (ticket.key, ticket.problem, item.title) == ("acme/pay#1", "", "Their title")
    texts = (server.comments if hasattr(server, "comments") else server.notes)["10", 1]
    assert [row["body"] for row in texts] == [f"Allclear {item.reference}: {ticket.backlink}"]


def test_an_issue_that_moves_is_followed_and_synced_there(ticket, server, kind, item, responder, work, look):
    (server.transfer if kind == "github" else server.move)(("10", 1), "20")
    found = look()
    place = ("20", 1)
    assert (found.remote_id, found.moved_from, found.problem) == ("20/1", "acme/pay#1", "")
    assert found.project.remote_id == "20"
    change_action_item(item=item, by=responder, title="Moved")
    work()
    assert server.issues[place]["title"] == "Moved"
    item.refresh_from_db()
    assert item.state == ActionState.OPEN, "what became of the old one is not taken for its state"


def test_one_that_moves_to_where_another_ticket_of_the_item_is(
    ticket, server, kind, item, responder, admin, work, look
):
    """Somebody linked the new one by hand before the old one was looked at again."""
    add_project(by=admin, tracker=ticket.tracker, remote_id="20")
    (server.transfer if kind == "github" else server.move)(("10", 1), "20")
    key = server.shown("20", server.issues["20", 1])["html_url"] if kind == "github" else "acme/deep/ops#1"
    second = link_ticket(by=responder, item=item, tracker=ticket.tracker, address=key)
    work()
    found = look()
    second.refresh_from_db()
    assert second.remote_id == "20/1"
    assert (found.remote_id, found.problem) == ("10/1", Problem.REFUSED)
    assert "is linked with this item already" in found.problem_words


def test_a_renamed_project_is_named_anew(ticket, server, project, look):
    server.rename("10", "acme/payments")
    found = look()
    assert (found.key, found.problem, found.project) == ("acme/payments#1", "", project)
    type(project).objects.update(look_at=timezone.now())
    look()
    project.refresh_from_db()
    assert project.name == "acme/payments"


@pytest.mark.parametrize("kind", ["github"], indirect=True)
def test_a_deleted_one_says_so(ticket, server, look):
    server.delete(("10", 1))
    assert look().problem == Problem.GONE


def test_missed_changes_are_found_by_the_sweep(project, server, responder, work):
    items = [add_action_item(by=responder, title=f"Item {number}") for number in range(10)]
    for item in items:
        create_ticket(by=responder, item=item, project=project)
    work()
    for place in server.issues:
        server.edit(place, title=f"New {place[1]}")
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    told = {ticket.remote_id: ticket.item.title for ticket in Ticket.objects.select_related("item")}
    assert told == {f"10/{number}": f"New {number}" for number in range(1, 11)}


def test_a_limit_stops_all_calls_until_it_ends(ticket, server, item, responder, work, look):
    server.fails = lambda asked: Answer(429, {"message": "Too many"}, {"Retry-After": "300"})
    look()
    tracker = Tracker.objects.get()
    assert (tracker.problem, Ticket.objects.get().problem) == (Problem.LIMITED, "")
    server.fails = None
    before = len(server.asked)
    change_action_item(item=item, by=responder, title="Later")
    work()
    assert len(server.asked) == before
    Tracker.objects.update(retry_at=timezone.now())
    work()
    assert server.issues["10", 1]["title"] == "Later"
    assert Ticket.objects.get().said(Field.TITLE) == "Later"
