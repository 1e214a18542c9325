"""Do forms say beforehand that the action item will have no owner, and where it keeps the one it has?"""

import pytest
from django.urls import reverse
from django.utils import timezone

from action_items.workflow import change_action_item
from tests.trackers.imaginary import DANA, UNKNOWN
from trackers.models import Ticket
from trackers.workflow import link_ticket
from trackers.workflow.sweeping import touch

NOTE = "Then neither the action item nor the ticket has an owner."


@pytest.fixture
def second(item, ticket, server, responder, work):
    """`second(owner)`: another ticket of the item with that assignee, of which only the state is shown."""

    def link(owner: str) -> Ticket:
        issue = server.add(title=item.title, owner=owner)
        made = link_ticket(by=responder, item=item, address=f"PAY-{issue.pk}")
        work()
        made.refresh_from_db()
        assert not made.is_synced
        return made

    return link


@pytest.fixture
def choose(client, responder, item, work):
    """The form of *Sync with this one*, sent with the values of the ticket: what it said, and the owner then."""
    client.force_login(responder)

    def act(ticket):
        address = reverse("ticket_choice", args=[item.pk, ticket.pk])
        page = client.get(address)
        said = page.context["form"]["takes_theirs"].help_text
        assert said in page.text
        client.post(address, {"takes_theirs": "theirs"})
        work()
        item.refresh_from_db()
        return said, item.owner

    return act


def test_a_ticket_without_an_assignee(second, choose, responder):
    ticket = second("")
    said = f"{ticket} has no assignee. With its values, {responder} is removed as owner, and nobody owns the action item."
    assert choose(ticket) == (said, None)


def test_an_assignee_who_is_nobody_here(second, choose, responder):
    said = f"Sam Example is not matched with an account. The owner stays {responder}."
    assert choose(second(UNKNOWN.pk)) == (said, responder)


def test_an_assignee_who_is_known(second, choose, responder):
    assert choose(second(DANA.pk)) == ("", responder)


def test_an_item_without_an_owner(second, choose, item, responder):
    ticket = second("")
    change_action_item(item=item, by=responder, owner=None)
    assert choose(ticket) == ("", None)


def test_where_owners_are_not_synced(second, choose, project, responder):
    ticket = second("")
    project.synced_fields = ["title"]
    project.save()
    assert choose(ticket) == ("", responder)


def test_a_ticket_that_is_linked(client, responder, item, tracker):
    client.force_login(responder)
    address = reverse("ticket_link", args=[item.pk])
    words = "With the values of a ticket that has no assignee, the action item has no owner any more."
    assert words in client.get(address).text
    change_action_item(item=item, by=responder, owner=None)
    assert words not in client.get(address).text


def test_a_conflict(client, responder, commander, stakeholder, item, ticket, server, work):
    change_action_item(item=item, by=responder, owner=commander)
    server.edit(ticket.remote_id, owner="")
    touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
    work()
    assert ticket.conflicts.get().theirs == ""
    pages = [item.get_absolute_url(), f"{reverse('action_list')}?tickets=conflict&state="]
    client.force_login(responder)
    assert [client.get(page).text.count(NOTE) for page in pages] == [1, 1]
    client.force_login(stakeholder)
    assert "The owner changed on both sides." in client.get(pages[0]).text
    assert [client.get(page).text.count(NOTE) for page in pages] == [0, 0]


def test_a_conflict_of_another_field(client, responder, item, ticket):
    ticket.conflicts.create(field="title", ours="Nobody", theirs="Somebody", used_theirs=False)
    client.force_login(responder)
    page = client.get(item.get_absolute_url()).text
    assert "The title changed on both sides." in page
    assert NOTE not in page
