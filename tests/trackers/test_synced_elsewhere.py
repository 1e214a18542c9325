"""Does an item say of a ticket that it is synced with another one already, to those who can see that one?"""

import pytest

from action_items.workflow import add_action_item
from tests.api.client import ApiClient
from trackers.models import Ticket
from trackers.of_item import tickets_of
from trackers.workflow import link_ticket, unlink_ticket


@pytest.fixture
def second(responder):
    return add_action_item(by=responder, title="Another", owner=responder)


@pytest.fixture
def linked(project, server, work):
    """`linked(item, by)`: with PAY-1, which is there already."""
    server.add(title="There")

    def link(item, by):
        ticket = link_ticket(by=by, item=item, address="PAY-1", is_private_known=True)
        work()
        ticket.refresh_from_db()
        return ticket

    return link


def page(client, user, item):
    client.force_login(user)
    return client.get(item.get_absolute_url()).text


def test_it_is_not_offered_and_says_with_which(linked, item, second, responder, client):
    first, ticket = linked(item, responder), linked(second, responder)
    assert (first.is_synced, ticket.is_synced) == (True, False)
    html = page(client, responder, second)
    item.refresh_from_db()
    assert f'href="{item.get_absolute_url()}">{item.reference} {item.title}</a>.' in html
    assert "Sync with this one" not in html
    told = ApiClient.of(responder).get(f"action-items/{second.reference}/tickets/{ticket.pk}")
    assert (told["is_synced_elsewhere"], told["synced_with"]) == (True, item.reference)
    told = ApiClient.of(responder).get(f"action-items/{item.reference}/tickets/{first.pk}")
    assert (told["is_synced_elsewhere"], told["synced_with"]) == (False, None)
    unlink_ticket(by=responder, ticket=first)
    html = page(client, responder, second)
    assert "Synced with" not in html
    assert "Sync with this one" in html


def test_of_one_that_is_private_no_more_is_told(linked, private_item, second, commander, responder, client):
    linked(private_item, commander)
    linked(second, responder)
    html = page(client, responder, second)
    assert "Synced with another action item." in html
    assert "Sync with this one" not in html
    assert private_item.reference not in html
    assert "secretword" not in html
    told = ApiClient.of(responder).get(f"action-items/{second.reference}/tickets")["results"]
    assert [(one["is_synced_elsewhere"], one["synced_with"]) for one in told] == [(True, None)]
    assert private_item.reference in page(client, commander, second)


def test_many_are_asked_for_at_once(item, second, responder, project, django_assert_max_num_queries):
    third = add_action_item(by=responder, title="Third", owner=responder)
    for number, one in enumerate((item, third)):
        said = {"tracker": project.tracker, "project": project, "remote_id": str(number), "state": "linked"}
        Ticket.objects.create(item=one, is_synced=True, **said)
        Ticket.objects.create(item=second, is_synced=False, **said)
    with django_assert_max_num_queries(9):
        shown = tickets_of(responder, second, may_change=True)
    assert [one.synced_with for one in shown.others] == [item, third]
