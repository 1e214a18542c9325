"""Where two states here are one in the tracker: is nothing taken for a change there that is none?"""

import pytest
from django.utils import timezone

from action_items.workflow import (
    change_action_item,
    complete_action_item,
    reopen_action_item,
    start_action_item,
    wont_do_action_item,
)
from trackers.face import Field
from trackers.models import Ticket, TicketConflict
from trackers.workflow import change_project


@pytest.fixture
def shares(ticket, project, admin, work):
    """As on GitHub: what is in progress is open there. Priorities above P4 are set as one."""
    change_project(
        by=admin,
        project=project,
        states={
            "means": {"new": "open", "closed": "done"},
            "sets": {"open": "new", "in_progress": "new", "done": "closed", "wont_do": "closed"},
        },
        priorities={
            "means": {"p1": "P1", "p2": "P2", "p3": "P3", "p4": "P4"},
            "sets": {"P1": "p3", "P2": "p3", "P3": "p3", "P4": "p4"},
        },
    )
    work()


def _state(server, ticket):
    return server.issues[ticket.remote_id].raw[Field.STATE]


def test_done_after_it_was_in_progress(item, ticket, server, responder, shares, work):
    start_action_item(item=item, by=responder)
    work()
    complete_action_item(item=item, by=responder)
    server.issues[ticket.remote_id].updated_at = timezone.now()  # such as by a comment
    work()
    item.refresh_from_db()
    assert (item.state, _state(server, ticket)) == ("done", "closed")
    assert not TicketConflict.objects.exists()


def test_reopened_after_it_will_not_be_done(item, ticket, server, responder, shares, work):
    wont_do_action_item(item=item, by=responder, reason="No")
    work()
    reopen_action_item(item=item, by=responder, reason="Yes", to="in_progress")
    work()
    item.refresh_from_db()
    assert (item.state, _state(server, ticket)) == ("in_progress", "new")
    assert not TicketConflict.objects.exists()


def test_another_priority_after_one_that_is_not_there(item, ticket, server, responder, shares, work):
    change_action_item(item=item, by=responder, priority="P1")
    work()
    change_action_item(item=item, by=responder, priority="P4")
    work()
    assert server.issues[ticket.remote_id].raw[Field.PRIORITY] == "p4"
    assert not TicketConflict.objects.exists()


def test_what_changes_there_is_still_taken(item, ticket, server, responder, shares, work):
    start_action_item(item=item, by=responder)
    work()
    server.edit(ticket.remote_id, state="closed")
    Ticket.objects.update(next_at=timezone.now())
    work()
    item.refresh_from_db()
    assert item.state == "done"
