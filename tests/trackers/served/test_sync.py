"""Are an action item and its ticket the same, over real HTTP, whatever happens on the way?"""

from datetime import date

import pytest
from django.utils import timezone

from action_items.workflow import (
    add_action_item,
    change_action_item,
    complete_action_item,
    start_action_item,
    wont_do_action_item,
)
from tests.trackers.served.jira820_server import Jira820
from tests.trackers.served.serving import Fault
from trackers.face import Problem
from trackers.models import Ticket, TicketConflict, Tracker, TrackerPerson
from trackers.workflow import create_ticket, link_ticket, settle_conflict


def test_a_ticket_made_from_an_item(there, item, ticket, responder):
    pk = ticket.remote_id
    assert (ticket.key, ticket.problem, ticket.url) == ("PAY-1", "", there.address(pk))
    assert there.value(pk, "title") == "Alert on saturation"
    assert there.value(pk, "owner") == there.dana, "matched by the e-mail address"
    assert there.value(pk, "priority") == there.priorities["P2"]
    assert f"/actions/{item.pk}/" in there.text(pk)
    assert TrackerPerson.objects.get(user=responder).remote_id == there.dana


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (start_action_item, "in_progress"),
        (complete_action_item, "done"),
        (lambda **said: wont_do_action_item(reason="No", **said), "wont_do"),
    ],
)
def test_each_state_here_is_set_there(there, item, ticket, responder, work, act, state):
    act(item=item, by=responder)
    work()
    assert there.value(ticket.remote_id, "state") == there.states[state]
    ticket.refresh_from_db()
    assert ticket.problem == ""


def test_what_changes_here_is_set_there(there, item, ticket, responder, work):
    change_action_item(
        item=item, by=responder, title="Alert earlier", due_on=date(2027, 3, 1), priority="P1", owner=None
    )
    work()
    pk = ticket.remote_id
    assert [there.value(pk, name) for name in ("title", "due_on", "priority", "owner")] == [
        "Alert earlier",
        "2027-03-01",
        there.priorities["P1"],
        "",
    ]


def test_what_changes_there_is_set_here(there, item, ticket, look, responder):
    there.edit(
        ticket.remote_id, title="Later", due_on="2027-04-01", priority=there.priorities["P1"], owner="",
        state=there.states["wont_do"],
    )  # fmt: skip
    look()
    item.refresh_from_db()
    assert (item.title, item.due_on, item.priority, item.owner) == ("Later", date(2027, 4, 1), "P1", None)
    assert item.state == "wont_do"
    assert item.wont_do_reason == f"Closed in {ticket.key} by Dana Example."
    look()
    assert not TicketConflict.objects.exists()


def test_both_sides_at_once_are_a_conflict_that_can_be_turned_round(
    there, item, ticket, look, responder, work
):
    there.edit(ticket.remote_id, title="Theirs")
    change_action_item(item=item, by=responder, title="Ours")
    look()
    conflict = TicketConflict.objects.get()
    item.refresh_from_db()
    assert (conflict.ours, conflict.theirs, conflict.theirs_by) == ("Ours", "Theirs", "Dana Example")
    assert item.title == there.value(ticket.remote_id, "title")
    settle_conflict(by=responder, conflict=conflict, theirs=not conflict.used_theirs)
    work()
    item.refresh_from_db()
    assert (
        item.title == there.value(ticket.remote_id, "title") == ("Ours" if conflict.used_theirs else "Theirs")
    )


def test_a_lost_answer_makes_no_second_ticket(there, item, project, responder, work, let_leases_end):
    create_ticket(by=responder, item=item, project=project)
    path = "graphql" if there.access["kind"] == "linear" else "/issue"
    there.faults.append(Fault(loses=True, method="POST", path=path))
    work()
    assert len(there.issues) == 1
    assert Ticket.objects.get().state == "creating"
    for _ in range(3):
        let_leases_end()
        work()
    assert len(there.issues) == 1
    assert Ticket.objects.get().key == "PAY-1"


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_kill_while_it_is_made_makes_no_second_ticket(
    there, calls, item, project, responder, work_on, let_leases_end, side, place
):
    create_ticket(by=responder, item=item, project=project)
    calls.kill(side, place)
    work_on()
    calls.clear()
    for _ in range(3):
        let_leases_end()
        work_on()
    assert len(there.issues) == 1
    assert Ticket.objects.get().key == "PAY-1"


def test_missed_changes_are_found_by_the_sweep(there, project, responder, work):
    for number in range(10):
        item = add_action_item(by=responder, title=f"Item {number}")
        create_ticket(by=responder, item=item, project=project)
    work()
    pks = set(Ticket.objects.values_list("remote_id", flat=True))
    for pk in pks:
        there.edit(pk, title=f"New {pk}")
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    assert {Ticket.objects.get(remote_id=pk).item.title for pk in pks} == {f"New {pk}" for pk in pks}


def test_a_linked_ticket(there, item, project, responder, work):
    pk = there.add(title="Their title", due_on="2027-02-02")
    link_ticket(by=responder, item=item, tracker=project.tracker, address=there.address(pk))
    work()
    item.refresh_from_db()
    ticket = Ticket.objects.get()
    assert (ticket.key, ticket.problem) == ("PAY-1", "")
    assert (item.title, item.due_on) == ("Their title", date(2027, 2, 2))
    assert there.links(pk) == [ticket.backlink]


def test_a_deleted_one(there, ticket, look):
    there.delete(ticket.remote_id)
    assert look().problem == Problem.GONE
    assert Tracker.objects.get().problem == ""


def test_a_deleted_one_is_noticed_by_the_sweep_and_holds_up_no_other(there, ticket, project, responder, work):
    other = add_action_item(by=responder, title="Other")
    create_ticket(by=responder, item=other, project=project)
    work()
    there.delete(ticket.remote_id)
    there.edit(other.tickets.get().remote_id, title="New")
    for _ in range(2):
        Tracker.objects.update(sweep_at=timezone.now())
        work()
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert other.title == "New"
    if not isinstance(there, Jira820):  # which takes no offence at an unknown id
        assert ticket.problem == Problem.GONE
