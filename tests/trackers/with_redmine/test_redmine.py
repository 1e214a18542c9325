"""Does an action item stay in step with an issue of a real Redmine?"""

import sys
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.utils import timezone

from action_items.models import ActionState
from action_items.workflow import add_action_item, change_action_item, complete_action_item, start_action_item
from audit.models import AuditEntry
from tests.trackers.imaginary import Killed
from tests.trackers.with_redmine.conftest import Faults
from trackers.face import Field
from trackers.models import Ticket, TicketConflict, Tracker
from trackers.workflow import create_ticket, link_ticket
from trackers.workflow.linking import values_of
from trackers.workflow.sweeping import touch


@pytest.fixture
def again(tracker, work):
    def look(ticket: Ticket) -> None:
        touch(tracker.pk, [ticket.remote_id], timezone.now())
        work()
        ticket.refresh_from_db()
        ticket.item.refresh_from_db()

    return look


def test_created_here(redmine, item, project, responder, work):
    start_action_item(item=item, by=responder)
    item.refresh_from_db()
    change_action_item(
        item=item, by=responder, due_on=timezone.localdate() - timedelta(days=3), priority="P1"
    )
    ticket = create_ticket(by=responder, item=item, project=project)
    work()
    ticket.refresh_from_db()
    issue = redmine.issue(ticket.remote_id)
    assert ticket.problem == "", ticket.problem_words
    assert (issue["subject"], issue["status"]["id"], issue["priority"]["name"]) == (
        item.title,
        2,
        "Immediate",
    )
    assert issue["assigned_to"]["id"] == redmine.dana_id
    assert f"/actions/{item.pk}/" in issue["description"]


def test_created_there(redmine, item, project, responder, work):
    made = redmine.as_dana("POST", "issues", project_id=redmine.pay, subject="Theirs", due_date="2027-05-05")[
        "issue"
    ]
    redmine.as_dana("PUT", f"issues/{made['id']}", status_id=2)
    link_ticket(
        by=responder, item=item, tracker=project.tracker, address=f"{redmine.url}/issues/{made['id']}"
    )
    work()
    item.refresh_from_db()
    assert (item.title, item.due_on, item.state) == ("Theirs", date(2027, 5, 5), ActionState.IN_PROGRESS)


def test_edited_on_both_sides(redmine, ticket, item, responder, again, work):
    change_action_item(item=item, by=responder, title="Ours", due_on=date(2027, 6, 1))
    redmine.as_dana("PUT", f"issues/{ticket.remote_id}", due_date="2027-06-30", priority_id=4)
    work()
    again(ticket)
    issue = redmine.issue(ticket.remote_id)
    conflict = TicketConflict.objects.get()
    assert issue["subject"] == "Ours"
    assert ticket.item.priority == "P1"
    assert (conflict.field, conflict.ours, conflict.theirs, conflict.theirs_by) == (
        "due_on", "2027-06-01", "2027-06-30", "Dana Example",
    )  # fmt: skip
    assert (
        ticket.item.due_on.isoformat()
        == issue["due_date"]
        == (conflict.theirs if conflict.used_theirs else conflict.ours)
    )


def test_closed_rejected_and_opened_again(redmine, ticket, item, responder, again, work):
    redmine.as_dana("PUT", f"issues/{ticket.remote_id}", status_id=6)
    again(ticket)
    assert ticket.item.state == ActionState.WONT_DO
    redmine.as_dana("PUT", f"issues/{ticket.remote_id}", status_id=1)
    again(ticket)
    assert ticket.item.state == ActionState.OPEN
    complete_action_item(item=item, by=responder)
    work()
    assert redmine.issue(ticket.remote_id)["status"]["name"] == "Closed"


def test_ten_missed_changes_are_found_by_the_sweep(redmine, project, responder, work, sweep):
    tickets = [
        create_ticket(
            by=responder, item=add_action_item(by=responder, title=f"Item {number}"), project=project
        )
        for number in range(10)
    ]
    work()
    for ticket in tickets:
        ticket.refresh_from_db()
        redmine.as_dana("PUT", f"issues/{ticket.remote_id}", subject=f"New {ticket.remote_id}")
    sweep()
    for ticket in tickets:
        ticket.item.refresh_from_db()
        assert ticket.item.title == f"New {ticket.remote_id}"


def test_a_lost_answer_makes_no_second_issue(redmine, project, responder, work, let_leases_end):
    Faults.rate = 0.2
    items = [add_action_item(by=responder, title=f"Only once {number}") for number in range(12)]
    for item in items:
        create_ticket(by=responder, item=item, project=project)
    for _ in range(500):
        with suppress(Killed):
            work()
        let_leases_end()
        if not Ticket.objects.exclude(state="linked").exists():
            break
    Faults.rate = 0.0
    rows = redmine.as_dana("GET", f"issues?project_id={redmine.pay}&status_id=*&limit=100")
    made = [row["subject"] for row in rows["issues"] if row["subject"].startswith("Only once")]
    assert sorted(made) == sorted(item.title for item in items)


def test_moved_and_deleted(redmine, ticket, again):
    redmine.as_dana("PUT", f"issues/{ticket.remote_id}", project_id=redmine.ops)
    again(ticket)
    assert (ticket.project.key, ticket.problem) == ("ops", "")
    redmine.as_dana("DELETE", f"issues/{ticket.remote_id}")
    again(ticket)
    assert ticket.problem == "gone"


def test_a_thousand_random_edits_with_kills(redmine, project, responder, work, let_leases_end, read):
    """Five items, 1,000 edits on both sides: afterwards both are equal, and what was written over is a conflict."""
    dice = Faults.dice
    tickets = [
        create_ticket(
            by=responder, item=add_action_item(by=responder, title=f"Edit {number}"), project=project
        )
        for number in range(5)
    ]
    work()
    Faults.rate = 0.05
    for number in range(1000):
        ticket = Ticket.objects.select_related("item").get(pk=dice.choice(tickets).pk)
        name, value = _edit(dice, number)
        if dice.random() < 0.5:
            change = {"due_on": date.fromisoformat(value)} if name == "due_on" else {name: value}
            change_action_item(item=ticket.item, by=responder, **change)
        else:
            said = {"title": "subject", "due_on": "due_date", "priority": "priority_id"}[name]
            there = {"P1": 5, "P2": 3, "P3": 2, "P4": 1}[value] if name == "priority" else value
            redmine.as_dana("PUT", f"issues/{ticket.remote_id}", **{said: there})
        if dice.random() < 0.3:
            touch(project.tracker_id, [ticket.remote_id], timezone.now())
            with suppress(Killed):
                work()
            Tracker.objects.update(retry_at=None)
            if dice.random() < 0.5:
                let_leases_end()
    Faults.rate = 0.0
    for _ in range(3):
        let_leases_end()
        touch(project.tracker_id, [ticket.remote_id for ticket in Ticket.objects.all()], timezone.now())
        work()
    sys.stderr.write(f"\n  faults: {Faults.counts}, conflicts: {TicketConflict.objects.count()}\n")
    for ticket in Ticket.objects.select_related("item"):
        issue, ours = redmine.issue(ticket.remote_id), values_of(ticket.item)
        there = read(project, issue, ticket.item)
        assert ticket.problem == "", ticket.problem_words
        assert {name: ours[name] for name in there} == there
        _check_that_no_title_vanished(redmine, ticket)


def _edit(dice, number: int) -> tuple[str, str]:
    return dice.choice([
        ("title", f"Title {number}"),
        ("due_on", (date(2027, 1, 1) + timedelta(days=dice.randrange(300))).isoformat()),
        ("priority", dice.choice(["P1", "P2", "P3", "P4"])),
    ])  # fmt: skip


def _check_that_no_title_vanished(redmine, ticket: Ticket) -> None:
    """Each title of Dana's that Allclear wrote over was taken over here before, or is in a conflict."""
    known = set(
        TicketConflict.objects.filter(ticket=ticket, field=Field.TITLE).values_list("theirs", flat=True)
    )
    for entry in AuditEntry.objects.filter(subject=ticket.item.reference, changes__has_key="title"):
        known |= {value for value in entry.changes["title"] if value}
    for journal in redmine.issue(ticket.remote_id)["journals"]:
        for detail in journal["details"]:
            if detail["name"] == "subject" and journal["user"]["id"] != redmine.dana_id:
                assert detail["old_value"] in known, detail
