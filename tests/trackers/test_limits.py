"""Is a tracker left alone for as long as it says?"""

from datetime import timedelta

from django.utils import timezone

from action_items.workflow import add_action_item
from trackers.face import Problem, TrackerError
from trackers.kinds import client_of
from trackers.models import Ticket, Tracker
from trackers.workflow import create_ticket
from trackers.workflow.answering import note_answer, note_trouble
from trackers.workflow.looking import claim_looks


def test_an_answer_to_what_was_asked_before_ends_no_limit(tracker):
    now = timezone.now()
    told = TrackerError(Problem.LIMITED, "limits requests", retry_at=now + timedelta(hours=1))
    note_trouble(tracker.pk, told, now)
    note_answer(tracker.pk, now + timedelta(seconds=1))
    tracker.refresh_from_db()
    assert tracker.retry_at == now + timedelta(hours=1)
    note_answer(tracker.pk, now + timedelta(hours=1))
    tracker.refresh_from_db()
    assert (tracker.retry_at, tracker.problem) == (None, "")


def test_nothing_more_is_asked_once_it_limits_requests(project, server, responder, work):
    """Of two calls at once one is limited: what follows from the other waits, too."""
    for number in range(6):
        item = add_action_item(by=responder, title=f"Item {number}", owner=responder)
        create_ticket(by=responder, item=item, project=project)
    server.calls.clear()
    limits = iter([True])

    def limit(name):
        if next(limits, False):
            raise TrackerError(
                Problem.LIMITED, "limits requests", retry_at=timezone.now() + timedelta(hours=1)
            )

    server.each = limit
    work()
    assert Tracker.objects.get().retry_at is not None
    assert len(server.calls) <= 4
    assert Ticket.objects.exclude(busy_until=None).count() == 0


def test_a_look_that_was_on_its_way_ends_no_limit(tracker):
    now = timezone.now()
    look = claim_looks([], now + Tracker.LOOKS_EVERY * 2)
    found = look.ask(client_of(look.access))
    told = TrackerError(Problem.LIMITED, "limits requests", retry_at=now + timedelta(hours=1))
    note_trouble(tracker.pk, told, now)
    look.settle(found)
    note_answer(tracker.pk, now)
    tracker.refresh_from_db()
    assert tracker.retry_at == now + timedelta(hours=1)
    assert tracker.problem == Problem.LIMITED
