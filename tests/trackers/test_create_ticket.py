"""Does an action item get exactly one ticket, whatever happens on the way?"""

from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from action_items.workflow import add_action_item, start_action_item
from audit.models import AuditEntry
from tests.trackers.imaginary import Killed
from trackers.face import Field, Problem, TrackerError
from trackers.models import Ticket
from trackers.workflow import create_ticket, create_tickets


def test_a_ticket_says_what_the_item_says(item, project, responder, server, work):
    item.due_on, item.verification = timezone.localdate().replace(year=2027), "A mute ends"
    item.save()
    create_ticket(by=responder, item=item, project=project)
    work()
    ticket, issue = Ticket.objects.get(), server.issues["1"]
    assert (ticket.key, ticket.state, ticket.problem) == ("PAY-1", "linked", "")
    assert issue.raw[Field.TITLE] == "Alert on saturation"
    assert issue.raw[Field.DUE] == item.due_on.isoformat()
    assert issue.raw[Field.OWNER] == "2", "matched by the e-mail address"
    assert issue.raw[Field.PRIORITY] == "p2"
    assert "A mute ends" in issue.text
    assert f"/actions/{item.pk}/" in issue.text


def test_one_that_is_in_progress_is_so_there(item, project, responder, server, work):
    start_action_item(item=item, by=responder)
    create_ticket(by=responder, item=item, project=project)
    work()
    assert server.issues["1"].raw[Field.STATE] == "doing"


@pytest.mark.parametrize("when", ["lost", "killed", "killed before"])
def test_a_lost_answer_makes_no_second_ticket(item, project, responder, server, work, let_leases_end, when):
    def end(name):
        if when == "lost":
            raise TrackerError(Problem.UNREACHABLE, "did not answer within 30 s", may_have_run=True)
        raise Killed

    create_ticket(by=responder, item=item, project=project)
    if when == "killed before":
        server.before = end
    else:
        server.after = end
    with suppress(Killed):
        work()
    assert Ticket.objects.get().state == "creating"
    assert len(server.issues) == (0 if when == "killed before" else 1)
    work()
    assert server.calls.count("create") == 1, "not at once: it may be on its way"
    let_leases_end()
    work()
    assert len(server.issues) == 1
    assert Ticket.objects.get().key == "PAY-1"


def test_a_form_sent_twice_asks_once(item, project, responder, server, work):
    token = "0d4f2c0e-8f5c-4d61-9a53-1f0f9a6e8f11"
    tickets = {create_ticket(by=responder, item=item, project=project, form_token=token).pk for _ in range(2)}
    work()
    assert len(tickets) == len(server.issues) == 1


def test_what_is_refused_says_why_and_is_not_tried_for_ever(item, project, responder, server, work):
    def refuse(name):
        raise TrackerError(Problem.REFUSED, "refused it: Component is required")

    create_ticket(by=responder, item=item, project=project)
    server.each = refuse
    work()
    work()
    ticket = Ticket.objects.get()
    assert (ticket.problem, ticket.problem_words) == ("refused", "refused it: Component is required")
    assert server.calls.count("create") == 2, "with its fields, and without"
    assert ticket.next_at is None


def test_a_field_that_is_refused_is_left_out_and_said(item, project, responder, server, work):
    server.refuses = {Field.OWNER}
    create_ticket(by=responder, item=item, project=project)
    work()
    ticket = Ticket.objects.get()
    assert (ticket.key, ticket.problem_words) == ("PAY-1", "refused it: no owner")


def test_who_may_not_change_the_item_gets_no_ticket(item, project, stakeholder):
    with pytest.raises(PermissionDenied):
        create_ticket(by=stakeholder, item=item, project=project)
    assert not Ticket.objects.exists()


def test_something_private_is_asked_about_first(private_item, project, commander, server, work):
    with pytest.raises(ValidationError, match="private"):
        create_ticket(by=commander, item=private_item, project=project)
    create_ticket(by=commander, item=private_item, project=project, is_private_known=True)
    work()
    assert len(server.issues) == 1


def test_many_at_once_say_what_was_left_out(item, ticket, project, responder, server, work):
    other = add_action_item(by=responder, title="Another")
    result = create_tickets(by=responder, items=[item, other], project=project)
    work()
    assert [one.item for one in result.asked] == [other]
    assert result.refused == [(item, "It has a ticket there already.")]
    assert len(server.issues) == 2


def test_it_is_in_the_history_of_the_item(item, ticket):
    actions = AuditEntry.objects.filter(subject=item.reference).values_list("action", flat=True)
    assert {"ticket.requested", "ticket.created"} <= set(actions)
