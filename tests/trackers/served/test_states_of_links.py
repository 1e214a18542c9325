"""Does a link say what keeps it from being in step, as Jira and Linear say it?"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from action_items.workflow import change_action_item, start_action_item
from tests.trackers.served.serving import Fault
from trackers.face import Problem
from trackers.models import Tracker
from trackers.workflow import change_tracker


@pytest.fixture(params=["jira cloud", "jira data center", "linear"])
def there(request, serve):
    """What jira820 has not."""
    return serve(request.param)


def test_one_that_was_moved_is_followed(there, ticket, look):
    key = there.move(ticket.remote_id)
    found = look()
    assert (found.key, found.moved_from, found.problem) == (key, "PAY-1", "")
    assert found.project.remote_id == there.other_project


def test_one_that_is_archived(there, ticket, look):
    there.archive(ticket.remote_id)
    assert look().problem == Problem.ARCHIVED


def test_one_that_may_not_be_read_any_more(there, ticket, look):
    there.forbid(ticket.remote_id)
    assert look().problem == Problem.FORBIDDEN
    assert Tracker.objects.get().problem == ""


def test_an_expired_token_and_a_new_one(there, ticket, item, responder, admin, look, work):
    there.token = "renewed"
    change_action_item(item=item, by=responder, title="Later")
    look()
    assert Tracker.objects.get().problem == Problem.SIGN_IN
    change_tracker(by=admin, tracker=ticket.tracker, secret="renewed")
    work()
    assert there.value(ticket.remote_id, "title") == "Later"
    assert Tracker.objects.get().problem == ""


def test_a_limit_is_kept(there, ticket, look):
    there.faults.append(Fault(status=429, headers={"Retry-After": "600"}, body=b"{}"))
    look()
    tracker = Tracker.objects.get()
    assert tracker.problem == Problem.LIMITED
    assert tracker.retry_at > timezone.now() + timedelta(minutes=9)
    asked = len(there.requests)
    look()
    assert len(there.requests) == asked


def test_a_field_that_is_refused_holds_up_no_other(there, item, ticket, responder, work):
    name = "dueDate" if there.access["kind"] == "linear" else "duedate"
    there.refuses = {name: "The due date cannot be set."}
    change_action_item(item=item, by=responder, title="Taken", due_on=date(2027, 1, 4))
    work()
    ticket.refresh_from_db()
    assert there.value(ticket.remote_id, "title") == "Taken"
    assert ticket.problem_words == "refused it: The due date cannot be set."


def test_a_state_that_jira_has_no_step_to(there, item, ticket, responder, work):
    if there.access["kind"] == "linear":
        return
    there.blocked = {("10000", "3")}
    start_action_item(item=item, by=responder)
    change_action_item(item=item, by=responder, title="Taken")
    work()
    ticket.refresh_from_db()
    assert there.value(ticket.remote_id, "title") == "Taken"
    assert ticket.problem_words == "has no step from “To Do” to “In Progress”"
