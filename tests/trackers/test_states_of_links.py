"""Does a link say what keeps it from being in step?"""

import time
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from action_items.models import ActionItem
from action_items.workflow import add_action_item, change_action_item, complete_action_item
from incidents.workflow import change_visibility, declare_incident
from tests.trackers.imaginary import SERVERS, Server
from trackers.face import Field, Problem, TrackerError
from trackers.models import Ticket, Tracker, TrackerProject
from trackers.workflow import (
    add_project,
    add_tracker,
    change_tracker,
    create_ticket,
    link_ticket,
    pause_tracker,
    resume_tracker,
    sync_ticket,
    unlink_ticket,
)
from trackers.workflow.sweeping import touch


@pytest.fixture
def ask(ticket, work, server):
    def asked(error: TrackerError | None = None) -> Ticket:
        def end(name):
            raise error

        server.before = end if error else None
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        work()
        ticket.refresh_from_db()
        return ticket

    return asked


def test_a_deleted_one(ask, server, ticket, responder, work):
    kept = server.issues.pop(ticket.remote_id)
    assert ask().problem == Problem.GONE
    server.issues[kept.pk] = kept
    sync_ticket(by=responder, ticket=ticket)
    work()
    ticket.refresh_from_db()
    assert ticket.problem == "", "somebody restored it and had it looked at"


def test_one_that_was_moved_is_followed(ask, server, ticket):
    server.issues[ticket.remote_id].project = "20"
    found = ask()
    assert (found.key, found.moved_from, found.problem) == ("OPS-1", "PAY-1", "")
    assert found.project.remote_id == "20"


def test_where_one_was_moved_is_not_set_up_by_that(ask, server, ticket, admin, responder, work):
    """Nobody links or creates tickets there before an administrator adds the project."""
    server.issues[ticket.remote_id].project = "20"
    place = ask().project
    other, item = server.add(project="20", title="Salaries"), add_action_item(by=responder, title="Another")
    with pytest.raises(ValidationError, match="not set up"):
        create_ticket(by=responder, item=item, project=place)
    link_ticket(by=responder, item=item, tracker=ticket.tracker, address=f"OPS-{other.pk}")
    work()
    assert item.tickets.get().problem == Problem.REFUSED
    add_project(by=admin, tracker=ticket.tracker, remote_id="20")
    sync_ticket(by=responder, ticket=item.tickets.get())
    work()
    assert item.tickets.get().key == f"OPS-{other.pk}"


def test_what_is_refused_here_says_nothing_of_the_tracker(item, project, responder, server, work):
    """A tracker that did not answer does not count as back because of a ticket that nobody asked it for."""
    create_ticket(by=responder, item=item, project=project)
    TrackerProject.objects.all().delete()
    Tracker.objects.update(
        problem="unreachable", retry_at=timezone.now(), sweep_at=timezone.now() + timedelta(days=1)
    )
    calls = len(server.calls)
    work()
    assert Ticket.objects.get().problem == Problem.REFUSED
    assert (Tracker.objects.get().problem, len(server.calls)) == ("unreachable", calls)


def test_what_was_finished_long_ago_is_swept_no_more(ticket, item, server, responder, work):
    complete_action_item(item=item, by=responder)
    work()
    ActionItem.objects.update(state_since=timezone.now() - timedelta(days=31))
    server.calls.clear()
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    assert "changed_since" not in server.calls


def test_one_that_is_archived(ask, server, ticket):
    server.issues[ticket.remote_id].is_archived = True
    assert ask().problem == Problem.ARCHIVED
    server.issues[ticket.remote_id].is_archived = False
    assert ask().problem == ""


def test_one_that_may_not_be_read_any_more(ask, ticket):
    found = ask(TrackerError(Problem.FORBIDDEN, "does not allow this (403)"))
    assert found.problem == Problem.FORBIDDEN
    assert found.said(Field.STATE) == "New", "its last known state stays"
    assert found.next_at > timezone.now() + Ticket.NO_ACCESS / 2
    assert Tracker.objects.get().problem == "", "the others go on"


def test_a_limit_is_kept(ask, server, ticket):
    until = timezone.now().replace(microsecond=0) + timedelta(minutes=7)
    found = ask(TrackerError(Problem.LIMITED, "limits requests", retry_at=until))
    tracker = Tracker.objects.get()
    assert (found.problem, tracker.problem, tracker.retry_at) == ("", "limited", until)
    calls = len(server.calls)
    ask()
    assert len(server.calls) == calls, "it is not asked before"
    Tracker.objects.update(retry_at=timezone.now())
    ask()
    assert Tracker.objects.get().problem == ""


def test_an_expired_token_stops_all_and_a_new_one_starts_them(
    ask, server, ticket, item, responder, admin, work
):
    ask(TrackerError(Problem.SIGN_IN, "refused the sign-in (401). The token is wrong or has expired"))
    change_action_item(item=item, by=responder, title="Later")
    work()
    assert server.issues["1"].raw[Field.TITLE] == "Alert on saturation"
    change_tracker(by=admin, tracker=ticket.tracker, secret="token-2")
    work()
    assert server.issues["1"].raw[Field.TITLE] == "Later"
    assert Tracker.objects.get().problem == ""


def test_one_that_does_not_answer_is_asked_less_and_less(ask, server, ticket):
    pauses = []
    for _ in range(3):
        Tracker.objects.update(retry_at=None)
        ask(TrackerError(Problem.UNREACHABLE, "cannot be reached"))
        pauses.append(Tracker.objects.get().retry_at - timezone.now())
    assert pauses == sorted(pauses)
    assert pauses[-1] < Tracker.LONGEST_PAUSE


def test_a_paused_one_is_not_asked(item, ticket, server, admin, responder, work):
    pause_tracker(by=admin, tracker=ticket.tracker)
    calls = len(server.calls)
    change_action_item(item=item, by=responder, title="Later")
    work()
    assert len(server.calls) == calls
    resume_tracker(by=admin, tracker=ticket.tracker)
    work()
    assert server.issues["1"].raw[Field.TITLE] == "Later"


def test_one_that_hangs_holds_up_no_other(ticket, server, admin, responder, work, item):
    """Two threads hang; the other tracker is asked meanwhile."""
    other = SERVERS["https://other.example.test"] = Server()
    second = add_tracker(
        by=admin, kind="imaginary", name="Other", url="https://other.example.test", secret="t"
    )
    work()
    second.refresh_from_db()
    place = add_project(by=admin, tracker=second, remote_id="10")
    work()
    times = {}

    def hang(name):
        time.sleep(1.5)
        times["hung"] = time.monotonic()

    def note(name):
        times["other"] = time.monotonic()

    server.before, other.after = hang, note
    touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
    create_ticket(by=responder, item=add_action_item(by=responder, title="There"), project=place)
    work()
    assert times["other"] < times["hung"]
    del SERVERS["https://other.example.test"]


def test_what_became_private_is_told_no_further(commander, project, server, work, severity):
    incident = declare_incident(by=commander, title="Leak", severity=severity(1))
    item = add_action_item(by=commander, title="Rotate keys", incident=incident)
    ticket = create_ticket(by=commander, item=item, project=project)
    work()
    change_visibility(incident=incident, is_private=True, by=commander)
    change_action_item(item=item, by=commander, title="Rotate the keys of the secretword")
    work()
    ticket.refresh_from_db()
    assert ticket.problem == Problem.PRIVATE
    assert server.issues["1"].raw[Field.TITLE] == "Rotate keys"
    sync_ticket(by=commander, ticket=ticket)
    work()
    assert server.issues["1"].raw[Field.TITLE] == "Rotate keys"
    sync_ticket(by=commander, ticket=ticket, is_private_known=True)
    work()
    assert server.issues["1"].raw[Field.TITLE] == "Rotate the keys of the secretword"


def test_missed_changes_are_found_by_the_sweep(project, server, responder, work):
    items = [add_action_item(by=responder, title=f"Item {number}") for number in range(10)]
    for item in items:
        create_ticket(by=responder, item=item, project=project)
    work()
    for issue in server.issues.values():
        server.edit(issue.pk, title=f"New {issue.pk}")
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    assert {Ticket.objects.get(remote_id=pk).item.title for pk in server.issues} == {
        f"New {pk}" for pk in server.issues
    }


def test_one_that_was_confirmed_before_it_was_private_is_asked_about_again(
    commander, project, server, work, severity
):
    incident = declare_incident(by=commander, title="Leak", severity=severity(1))
    item = add_action_item(by=commander, title="Rotate keys", incident=incident)
    create_ticket(by=commander, item=item, project=project, is_private_known=True)
    work()
    change_visibility(incident=incident, is_private=True, by=commander)
    change_action_item(item=item, by=commander, title="Rotate the keys of the secretword")
    work()
    assert server.issues["1"].raw[Field.TITLE] == "Rotate keys"
    assert Ticket.objects.get().problem == Problem.PRIVATE


def test_a_private_one_says_how_it_is_synced_all_the_same(commander, project, server, work, severity, client):
    incident = declare_incident(by=commander, title="Leak", severity=severity(1))
    item = add_action_item(by=commander, title="Rotate keys", incident=incident)
    ticket = create_ticket(by=commander, item=item, project=project)
    change_visibility(incident=incident, is_private=True, by=commander)
    work()
    assert not server.issues
    client.force_login(commander)
    assert "Sync anyway" in client.get(item.get_absolute_url()).content.decode()
    unlink_ticket(by=commander, ticket=ticket)
    create_ticket(by=commander, item=item, project=project, is_private_known=True)
    work()
    assert len(server.issues) == 1


def test_one_whose_project_cannot_be_read_says_so(tracker, item, admin, responder, server, work, client):
    place = add_project(by=admin, tracker=tracker, remote_id="20")
    del server.projects["20"]
    create_ticket(by=responder, item=item, project=place)
    work()
    client.force_login(responder)
    page = client.get(item.get_absolute_url()).content.decode()
    assert "Backlog does not find it (404)." in page
    assert "Being created" not in page
    soon = (timezone.now() + timedelta(seconds=10)).isoformat()
    assert page.partition('data-again="')[2].partition('"')[0] > soon, "no worker is at it"


def test_what_changes_beside_a_field_that_is_refused_is_found_by_the_sweep(
    item, ticket, server, responder, work
):
    server.refuses = {Field.DUE}
    change_action_item(item=item, by=responder, due_on=date(2027, 3, 1))
    work()
    assert Ticket.objects.get().problem == Problem.REFUSED
    server.edit(ticket.remote_id, title="Alert later")
    Tracker.objects.update(sweep_at=timezone.now())
    work()
    item.refresh_from_db()
    assert item.title == "Alert later"
