"""Is one person told of a conflict, once, and nobody who may not see the item?"""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import User
from action_items.models import ActionItem
from action_items.workflow import change_action_item
from notifications.models import Delivery
from subscribers.models import Notice
from trackers.models import Ticket, TicketConflict
from trackers.workflow import create_ticket, settle_conflict
from trackers.workflow.sweeping import touch


@pytest.fixture
def both_change(server, work):
    """`both_change(ticket, by)`: the due day, and what else is given for there and here."""

    def change(ticket: Ticket, by: User, there=None, **here) -> None:
        change_action_item(item=ticket.item, by=by, due_on=date(2027, 1, 4), **here)
        server.edit(ticket.remote_id, due_on="2027-01-09", **(there or {}))
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        work()
        work()  # what the first turn announced

    return change


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("person__email", "title"))


def test_its_owner_is_told_once(ticket, item, responder, commander, both_change):
    both_change(ticket, commander, {"title": "Alert at 80 %"}, title="Alert before saturation")
    assert TicketConflict.objects.count() == 2
    titles = [title for who, title in told() if "changed here and in its ticket" in title]
    assert len(titles) == 1
    assert "due date" in titles[0]
    assert "title" in titles[0]
    notice = Notice.objects.get(title=titles[0])
    assert (notice.person, notice.url) == (responder, item.get_absolute_url())
    assert Delivery.objects.filter(content__subject=titles[0], address=responder.email).count() == 1


def test_a_second_one_tells_nobody_until_the_first_is_settled(
    ticket, responder, commander, both_change, server, work
):
    both_change(ticket, commander)
    before = told()
    assert len(before) == 1
    both_change(ticket, commander, {"title": "Alert at 80 %"}, title="Alert before saturation")
    assert told() == before


def test_without_an_owner_whoever_asked_for_the_ticket_is_told(
    ticket, item, responder, commander, both_change, work
):
    change_action_item(item=item, by=responder, owner=None)
    work()
    Notice.objects.all().delete()
    both_change(ticket, commander)
    assert [who for who, _ in told()] == [responder.email]


def test_who_is_not_here_any_more_is_told_nothing(ticket, item, responder, commander, both_change):
    Ticket.objects.update(asked_by=commander)
    ActionItem.objects.update(owner=None)  # a change would refuse an owner who is gone
    item.refresh_from_db()
    ticket.refresh_from_db()
    User.objects.filter(pk=commander.pk).update(is_active=False)
    both_change(ticket, responder)
    assert TicketConflict.objects.count() == 1
    assert told() == []


def test_who_may_not_see_it_any_more_is_told_nothing(
    private_item, commander, outsider, project, both_change, work
):
    ticket = create_ticket(by=commander, item=private_item, project=project, is_private_known=True)
    work()
    ticket.refresh_from_db()
    Ticket.objects.update(asked_by=outsider)
    ActionItem.objects.update(owner=None)
    ticket.item.refresh_from_db()
    both_change(ticket, commander)
    assert TicketConflict.objects.count() == 1
    assert outsider.is_active
    assert told() == []
    assert not Delivery.objects.filter(address=outsider.email).exists()


def test_once_it_is_settled_its_mail_is_withdrawn(ticket, responder, commander, both_change):
    both_change(ticket, commander)
    mail = Delivery.objects.get(content__subject__icontains="changed here and in its ticket")
    settle_conflict(by=responder, conflict=TicketConflict.objects.get(), theirs=True)
    mail.refresh_from_db()
    assert mail.state == "withdrawn"


def test_a_service_account_is_told_nothing(ticket, item, commander, both_change, responder):
    ActionItem.objects.update(owner=None)
    Ticket.objects.update(asked_by=ticket.tracker.account)
    ticket.item.refresh_from_db()
    both_change(ticket, commander)
    assert TicketConflict.objects.count() == 1
    assert not Notice.objects.filter(title__contains="changed here").exists()
