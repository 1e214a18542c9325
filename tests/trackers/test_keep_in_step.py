"""Does what changes on one side reach the other, and does what changes on both stay visible?"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from action_items.models import ActionState
from action_items.workflow import (
    change_action_item,
    complete_action_item,
    start_action_item,
    verify_action_item,
    wont_do_action_item,
)
from audit.models import AuditEntry
from tests.trackers.imaginary import DANA, UNKNOWN, Killed
from trackers.face import Field
from trackers.models import Ticket, TicketConflict
from trackers.workflow import link_ticket, settle_conflict, sync_ticket, unlink_ticket
from trackers.workflow.sweeping import touch


@pytest.fixture
def issue(ticket, server):
    return server.issues[ticket.remote_id]


@pytest.fixture
def look(ticket, work):
    def again() -> Ticket:
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        work()
        ticket.refresh_from_db()
        return ticket

    return again


def test_what_changes_here_is_set_there(item, issue, responder, work):
    change_action_item(item=item, by=responder, title="Alert earlier", due_on=date(2027, 3, 1), priority="P1")
    start_action_item(item=item, by=responder)
    work()
    assert (issue.raw[Field.TITLE], issue.raw[Field.DUE]) == ("Alert earlier", "2027-03-01")
    assert (issue.raw[Field.PRIORITY], issue.raw[Field.STATE]) == ("p1", "doing")


def test_what_changes_there_is_set_here(item, issue, server, look, responder):
    server.edit(issue.pk, title="Alert later", due_on="2027-04-01", priority="p4", owner="", state="review")
    look()
    item.refresh_from_db()
    assert (item.title, item.due_on, item.priority, item.owner) == (
        "Alert later",
        date(2027, 4, 1),
        "P4",
        None,
    )
    assert item.state == ActionState.IN_PROGRESS
    entry = AuditEntry.objects.filter(subject=item.reference, changes__has_key="title").latest("pk")
    assert (entry.changes["ticket"], entry.changes["said_by"]) == ("PAY-1", "Dana Example")


def test_nothing_goes_round_in_a_circle(item, issue, server, look, responder, work):
    change_action_item(item=item, by=responder, title="Alert earlier")
    work()
    server.edit(issue.pk, state="closed")
    look()
    before, version = len(issue.changes), type(item).objects.get(pk=item.pk).version
    for _ in range(3):
        look()
    assert len(issue.changes) == before
    assert type(item).objects.get(pk=item.pk).version == version


@pytest.mark.parametrize(
    ("there", "here"),
    [("doing", "in_progress"), ("closed", "done"), ("rejected", "wont_do"), ("new", "open")],
)
def test_each_state_there_from_each_state_here(item, issue, server, look, responder, work, there, here):
    for change in (start_action_item, complete_action_item):
        change(item=item, by=responder)
        work()
        server.edit(issue.pk, state=there)
        look()
        item.refresh_from_db()
        assert item.state == here
        if item.state == ActionState.DONE:
            return
        server.edit(issue.pk, state="new")
        look()


def test_verified_here_is_done_there(item, issue, responder, commander, work):
    complete_action_item(item=item, by=responder)
    verify_action_item(item=item, by=commander, seen="It rang")
    work()
    item.refresh_from_db()
    assert (item.state, issue.raw[Field.STATE]) == ("verified", "closed")


def test_what_will_not_be_done_says_where_that_was_decided(item, issue, server, look):
    server.edit(issue.pk, state="rejected")
    look()
    item.refresh_from_db()
    assert item.wont_do_reason == "Closed in PAY-1 by Dana Example."


def test_somebody_who_is_nobody_here_is_left_alone(item, issue, server, look, responder):
    server.edit(issue.pk, owner=UNKNOWN.pk)
    look()
    item.refresh_from_db()
    assert item.owner == responder
    assert issue.raw[Field.OWNER] == UNKNOWN.pk


def test_both_sides_at_once_use_the_newer_and_keep_both(item, issue, server, look, responder):
    change_action_item(item=item, by=responder, due_on=date(2027, 1, 4))
    server.edit(issue.pk, due_on="2027-01-09")
    issue.changes[-1] = type(issue.changes[-1])(
        **(vars(issue.changes[-1]) | {"at": timezone.now() + timedelta(minutes=2)})
    )
    look()
    item.refresh_from_db()
    conflict = TicketConflict.objects.get()
    assert item.due_on == date(2027, 1, 9)
    assert (conflict.ours, conflict.theirs, conflict.used_theirs) == ("2027-01-04", "2027-01-09", True)
    assert (conflict.ours_by, conflict.theirs_by) == (responder, DANA.name)


def test_an_older_one_there_is_written_over_and_kept(item, issue, server, look, responder):
    server.edit(issue.pk, title="Theirs")
    issue.changes[-1] = type(issue.changes[-1])(
        **(vars(issue.changes[-1]) | {"at": timezone.now() - timedelta(minutes=2)})
    )
    change_action_item(item=item, by=responder, title="Ours")
    look()
    assert issue.raw[Field.TITLE] == "Ours"
    assert TicketConflict.objects.get().theirs == "Theirs"


def test_the_other_value_can_be_taken(item, issue, server, look, responder, work):
    test_an_older_one_there_is_written_over_and_kept(item, issue, server, look, responder)
    settle_conflict(by=responder, conflict=TicketConflict.objects.get(), theirs=True)
    work()
    item.refresh_from_db()
    assert item.title == issue.raw[Field.TITLE] == "Theirs"
    assert TicketConflict.objects.get().settled_by == responder


def test_the_same_on_both_sides_is_no_conflict(item, issue, server, look, responder):
    server.edit(issue.pk, title="The same")
    change_action_item(item=item, by=responder, title="The same")
    look()
    assert not TicketConflict.objects.exists()


def test_what_is_written_over_between_look_and_call_is_kept(item, issue, server, responder, work):
    """Somebody there changes the title just after it was fetched."""

    def edit(name):
        if name == "get":
            server.edit(issue.pk, title="In between")

    change_action_item(item=item, by=responder, title="Ours")
    server.after = edit
    work()
    assert issue.raw[Field.TITLE] == "Ours"
    assert TicketConflict.objects.get().theirs == "In between"


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_kill_while_it_is_set_loses_nothing(item, issue, server, responder, work, let_leases_end, at):
    def kill(name):
        raise Killed

    def armed(name):
        setattr(server, at, kill)

    change_action_item(item=item, by=responder, title="Ours")
    server.after = armed  # of the fetch; the next call ends
    with pytest.raises(Killed):
        work()
    let_leases_end()
    work()
    assert issue.raw[Field.TITLE] == "Ours"
    assert not TicketConflict.objects.exists()


def test_what_the_tracker_does_not_take_is_said_and_not_tried_for_ever(
    item, issue, server, responder, work, look
):
    server.refuses = {Field.DUE}
    change_action_item(item=item, by=responder, title="Taken", due_on=date(2027, 1, 4))
    work()
    ticket = look()
    tries = server.calls.count("change")
    look()
    assert issue.raw[Field.TITLE] == "Taken", "one refusal holds up nothing else"
    assert (ticket.problem, ticket.problem_words) == ("refused", "refused it: no due_on")
    assert server.calls.count("change") == tries
    server.refuses = set()
    sync_ticket(by=responder, ticket=ticket)
    work()
    ticket.refresh_from_db()
    assert (issue.raw[Field.DUE], ticket.problem) == ("2027-01-04", "")


def test_what_the_tracker_accepts_and_does_not_do_is_said(item, issue, server, responder, work, ticket):
    """As Redmine with a state that its workflow does not allow."""
    server.ignores = {Field.STATE}
    start_action_item(item=item, by=responder)
    work()
    ticket.refresh_from_db()
    assert ticket.problem_words == "did not take the state"


def test_what_cannot_be_so_here_is_said(item, issue, server, look, responder):
    server.edit(issue.pk, due_on="1999-01-01")
    ticket = look()
    item.refresh_from_db()
    assert item.due_on is None
    assert ticket.problem == "refused"
    assert issue.raw[Field.DUE] == "1999-01-01"
    server.edit(issue.pk, due_on="2027-01-01")
    assert look().problem == ""
    item.refresh_from_db()
    assert item.due_on == date(2027, 1, 1)


def test_fields_that_are_switched_off_differ(item, issue, server, look, project, admin, responder, work):
    project.synced_fields = ["state"]
    project.save()
    change_action_item(item=item, by=responder, title="Only ours")
    server.edit(issue.pk, due_on="2027-01-01")
    look()
    item.refresh_from_db()
    assert (issue.raw[Field.TITLE], item.due_on) == ("Alert on saturation", None)


@pytest.mark.parametrize("theirs", [True, False])
def test_a_linked_ticket_begins_with_the_values_of_one_side(item, project, server, responder, work, theirs):
    issue = server.add(title="Their title", due_on="2027-02-02")
    link_ticket(
        by=responder, item=item, tracker=project.tracker, address=f"PAY-{issue.pk}", takes_theirs=theirs
    )
    work()
    item.refresh_from_db()
    ticket = Ticket.objects.get()
    assert (ticket.key, ticket.problem) == (f"PAY-{issue.pk}", "")
    assert item.title == issue.raw[Field.TITLE] == ("Their title" if theirs else "Alert on saturation")
    assert issue.notes == [f"Allclear {item.reference}: {ticket.backlink}"]


def test_a_ticket_of_a_project_that_is_not_set_up_is_left_alone(item, project, server, responder, work):
    """The token sees more than everybody may read who can change an action item."""
    issue = server.add(project="20", title="Salaries")
    link_ticket(by=responder, item=item, tracker=project.tracker, address=f"OPS-{issue.pk}")
    work()
    item.refresh_from_db()
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.problem) == ("linking", "refused")
    assert "not set up here" in ticket.problem_words
    assert item.title == "Alert on saturation"
    assert issue.notes == []
    assert not ticket.remote


def test_a_second_ticket_only_shows_its_state(item, issue, ticket, project, server, responder, work):
    other = server.add(title="Wider work", state="doing")
    second = link_ticket(by=responder, item=item, tracker=project.tracker, address=f"PAY-{other.pk}")
    work()
    second.refresh_from_db()
    item.refresh_from_db()
    assert not second.is_synced
    assert second.said(Field.STATE) == "In progress"
    assert item.title == issue.raw[Field.TITLE] == "Alert on saturation"


def test_an_unlinked_ticket_is_left_alone(item, issue, ticket, responder, server, work):
    unlink_ticket(by=responder, ticket=ticket)
    wont_do_action_item(item=item, by=responder, reason="No")
    work()
    item.refresh_from_db()
    assert issue.raw[Field.STATE] == "new"
    assert item.external_url == ticket.url, "its address stays, as a plain link"
