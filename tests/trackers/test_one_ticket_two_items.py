"""Is a ticket synced with one action item only, whatever people, workers and the tracker do at once?"""

import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from action_items.workflow import add_action_item, change_action_item
from audit.models import AuditEntry
from trackers.kinds import client_of
from trackers.models import Ticket, TicketState
from trackers.workflow import add_project, add_tracker, choose_synced, create_ticket, link_ticket, sync_ticket
from trackers.workflow.making import claimed_making
from trackers.workflow.syncing import claimed_sync


@pytest.fixture
def other(responder):
    """A second action item."""
    return add_action_item(by=responder, title="Another", owner=responder)


@pytest.fixture
def held():
    """`held(act, meanwhile)`: `meanwhile` runs while what `act` changed is not committed yet, and then it is."""

    def run(act, meanwhile):
        done, faults = threading.Event(), []

        def second():
            done.wait(10)
            try:
                meanwhile()
            except Exception as fault:  # noqa: BLE001
                faults.append(fault)
            finally:
                connection.close()

        waiting = threading.Thread(target=second)
        waiting.start()
        with transaction.atomic():
            act()
            done.set()
            waiting.join(0.7)  # until it waits for us
            assert waiting.is_alive()
        waiting.join(20)
        return faults

    return run


def claim(ticket, claimed):
    """The turn that a worker of another process has."""
    Ticket.objects.filter(pk=ticket.pk).update(next_at=None)
    turn = claimed(Ticket.objects.get(pk=ticket.pk))
    return turn, turn.ask(client_of(turn.access))


@pytest.mark.django_db(transaction=True)
def test_two_that_are_linked_at_once(item, other, project, server, responder, work, held):
    issue = server.add(title="There")
    asked = [
        link_ticket(by=responder, item=one, tracker=project.tracker, address=f"PAY-{issue.pk}")
        for one in (item, other)
    ]
    turn, answer = claim(asked[0], claimed_making)
    assert held(lambda: turn.settle(answer), work) == []
    first, second = Ticket.objects.order_by("pk")
    assert (first.state, second.state) == (TicketState.LINKED, TicketState.LINKED)
    assert (first.is_synced, second.is_synced) == (True, False)
    assert (first.problem, second.problem) == ("", "")


@pytest.mark.django_db(transaction=True)
def test_two_that_are_chosen_at_once(item, other, project, server, responder, work, held):
    issue = server.add(title="There")
    for one in (item, other):
        create_ticket(by=responder, item=one, project=project)
        work()
        link_ticket(by=responder, item=one, tracker=project.tracker, address=f"PAY-{issue.pk}")
        work()
    first, second = Ticket.objects.filter(remote_id=issue.pk).order_by("pk")
    (fault,) = held(
        lambda: choose_synced(by=responder, ticket=first), lambda: choose_synced(by=responder, ticket=second)
    )
    assert isinstance(fault, ValidationError)
    words = f"PAY-{issue.pk} is synced with another action item. Unlink it there first."
    assert fault.messages == [words]
    assert item.tickets.get(is_synced=True) == first
    assert other.tickets.get(is_synced=True) != second
    with pytest.raises(ValidationError, match="is synced with another action item"):
        choose_synced(by=responder, ticket=second)


@pytest.fixture
def moved(github, admin, item, other, responder, work):
    """The ticket of `item` was transferred, and before that was noticed it was linked with `other` at its new place."""
    tracker = add_tracker(by=admin, kind="github", name="Backlog", url=github.url, secret="token-1")
    work()
    tracker.refresh_from_db()
    projects = [add_project(by=admin, tracker=tracker, remote_id=pk) for pk in ("10", "20")]
    work()
    create_ticket(by=responder, item=item, project=projects[0])
    work()
    github.transfer(("10", 1), "20")
    link_ticket(by=responder, item=other, tracker=tracker, address="acme/ops#1")
    return Ticket.objects.get(item=item)


WORDS = "moved it to acme/ops#1, which is synced with another action item. Only its state is shown here"


def test_one_that_was_moved_to_where_the_other_is(moved, item, other, github, responder, work):
    work()
    change_action_item(item=item, by=responder, title="Written over")
    work()
    moved.refresh_from_db()
    assert (moved.key, moved.is_synced, moved.problem) == ("acme/ops#1", False, "refused")
    assert moved.problem_words == WORDS
    assert github.issues["20", 1]["title"] != "Written over"
    assert other.tickets.get().is_synced
    assert AuditEntry.objects.filter(action="ticket.synced_elsewhere", subject=item.reference).count() == 1
    sync_ticket(by=responder, ticket=moved)
    work()
    moved.refresh_from_db()
    assert (moved.is_synced, moved.problem, moved.said("state")) == (False, "", "Open")


@pytest.mark.django_db(transaction=True)
def test_one_that_is_found_moved_while_the_other_is_linked(moved, other, work, held):
    turn, answer = claim(other.tickets.get(), claimed_making)
    Ticket.objects.filter(pk=moved.pk).update(next_at=timezone.now())
    assert held(lambda: turn.settle(answer), work) == []
    moved.refresh_from_db()
    assert (moved.is_synced, moved.problem_words) == (False, WORDS)
    assert other.tickets.get().is_synced


@pytest.mark.django_db(transaction=True)
def test_one_that_is_linked_while_it_is_found_moved(moved, other, work, held):
    turn, answer = claim(moved, claimed_sync)
    assert held(lambda: turn.settle(answer), work) == []
    moved.refresh_from_db()
    linked = other.tickets.get()
    assert (moved.is_synced, moved.remote_id) == (True, "20/1")
    assert (linked.is_synced, linked.is_linked, linked.problem) == (False, True, "")


def test_a_link_that_is_there_already_says_so(ticket, item, server, responder, work):
    again = link_ticket(by=responder, item=item, tracker=ticket.tracker, address="PAY-1")
    work()
    again.refresh_from_db()
    assert (again.is_linked, again.is_synced) == (False, False)
    assert again.problem_words == "has PAY-1, which is linked with this item already"


def test_of_two_that_an_older_version_synced_the_first_stays(ticket, other, project, item):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS each_ticket_synced_once")
    twin = Ticket.objects.create(
        item=other, tracker=project.tracker, project=project, remote_id=ticket.remote_id, state="linked"
    )
    import_module("trackers.migrations.0003_each_ticket_synced_once").settle_twins(apps, None)
    assert list(Ticket.objects.order_by("pk").values_list("pk", "is_synced")) == [
        (ticket.pk, True),
        (twin.pk, False),
    ]
