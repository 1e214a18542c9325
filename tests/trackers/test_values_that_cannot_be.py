"""Where both sides changed and the newer value cannot be used here: does the page show it, and is it said once?"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from action_items.workflow import change_action_item
from trackers.face import Field
from trackers.models import Ticket, TicketConflict
from trackers.workflow import settle_conflict

LATER = timedelta(minutes=5)


@pytest.fixture
def both_change(item, ticket, server, responder, work):
    """The title or day changes here, and then there."""

    def change(**there):
        change_action_item(item=item, by=responder, title="Alert earlier", due_on=date(2027, 1, 4))
        server.edit(ticket.remote_id, **there)
        issue = server.issues[ticket.remote_id]
        last = issue.changes[-1]
        issue.changes[-1] = type(last)(**(vars(last) | {"at": timezone.now() + LATER}))
        look()
        item.refresh_from_db()

    def look():
        Ticket.objects.update(next_at=timezone.now())
        work()

    change.again = look
    return change


@pytest.mark.parametrize(
    ("there", "ours"),
    [
        ({"due_on": "1712-01-01"}, "2027-01-04"),
        ({"due_on": "the day after"}, "2027-01-04"),
        ({"due_on": "9" * 900}, "2027-01-04"),
        ({"title": "   "}, "Alert earlier"),
    ],
)
def test_ours_is_used_and_the_conflict_is_noted_once(
    both_change, client, item, ticket, server, responder, there, ours
):
    both_change(**there)
    for _ in range(3):
        both_change.again()
    (name,) = there
    assert server.issues[ticket.remote_id].raw[Field(name)] == ours
    conflict = TicketConflict.objects.get()
    assert not conflict.used_theirs
    client.force_login(responder)
    assert client.get(item.get_absolute_url()).status_code == 200
    ticket.refresh_from_db()
    assert ticket.problem == ""


@pytest.mark.parametrize("day", ["1712-01-01", "the day after"])
def test_using_it_all_the_same_is_refused_in_words(both_change, client, item, ticket, responder, day):
    both_change(due_on=day)
    conflict = TicketConflict.objects.get()
    client.force_login(responder)
    address = f"/actions/{item.pk}/tickets/{ticket.pk}/conflicts/{conflict.pk}/"
    page = client.post(address, {"use": "theirs"}, follow=True)
    assert page.status_code == 200
    assert "cannot be used" in page.content.decode() or "Check the year" in page.content.decode()
    conflict.refresh_from_db()
    assert conflict.settled_at is None
    settle_conflict(by=responder, conflict=conflict, theirs=False)


@pytest.mark.parametrize("day", ["20270301", "2027-W09-1"])
def test_a_day_in_another_spelling_is_the_same_day(item, ticket, server, both_change, day):
    server.edit(ticket.remote_id, due_on=day)
    for _ in range(3):
        both_change.again()
    item.refresh_from_db()
    assert item.due_on == date(2027, 3, 1)
    assert len(server.issues[ticket.remote_id].changes) == 1
    assert not TicketConflict.objects.exists()
