"""Are conflicts found in the list of action items, settled there, and kept from whoever may not see the item?"""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from action_items.models import ActionItem
from action_items.workflow import add_action_item, change_action_item
from tests.api.client import ApiClient
from trackers.models import Ticket, TicketConflict, Tracker
from trackers.of_list import TICKETS_ASKED
from trackers.workflow import create_ticket, settle_conflict
from trackers.workflow.sweeping import touch

LIST = reverse("action_list")


@pytest.fixture
def in_conflict(server, responder, work):
    """`in_conflict(ticket)`: both sides set another due day; theirs is newer and is used."""

    def cause(ticket: Ticket) -> TicketConflict:
        change_action_item(item=ticket.item, by=responder, due_on=date(2027, 1, 4))
        server.edit(ticket.remote_id, due_on="2027-01-09")
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        work()
        return TicketConflict.objects.get(ticket=ticket)

    return cause


@pytest.fixture
def private_ticket(private_item, commander, project, work):
    ticket = create_ticket(by=commander, item=private_item, project=project, is_private_known=True)
    work()
    ticket.refresh_from_db()
    return ticket


def asked(client, user, tickets: str):
    client.force_login(user)
    return client.get(LIST, {"tickets": tickets, "state": ""}).text


def by_api(user, tickets: str) -> set[str]:
    answer = ApiClient.of(user).get(f"action-items?tickets={tickets}")
    return {row["reference"] for row in answer["results"]}


def test_both_values_stand_in_the_list_and_one_is_taken(client, responder, ticket, item, in_conflict, work):
    conflict = in_conflict(ticket)
    client.force_login(responder)
    assert "1 with ticket conflicts" in client.get(LIST).text
    page = asked(client, responder, "conflict")
    assert "The due date changed on both sides." in page
    assert "Mon 4 Jan 2027" in page
    assert "Sat 9 Jan 2027" in page
    address = reverse("ticket_conflict", args=[item.pk, ticket.pk, conflict.pk])
    back = f"{LIST}?tickets=conflict&state="
    answer = client.post(f"{address}?back=/actions/%3Ftickets%3Dconflict%26state%3D", {"use": "ours"})
    assert answer["Location"] == back
    work()
    item.refresh_from_db()
    assert item.due_on == date(2027, 1, 4)
    assert "changed on both sides" not in asked(client, responder, "conflict")
    assert "with ticket conflicts" not in client.get(LIST).text


def test_several_conflicts_of_a_field_are_settled_as_one(
    client, responder, admin, tracker, ticket, in_conflict
):
    in_conflict(ticket)
    TicketConflict.objects.create(ticket=ticket, field="due_on", theirs="2027-01-08", used_theirs=False)
    page = asked(client, responder, "conflict")
    assert page.count("The due date changed on both sides.") == 1
    assert "1 conflict" in page
    assert "2 conflicts" not in page
    client.force_login(admin)
    assert client.get(tracker.get_absolute_url()).context["tracker"].open_conflicts == 1


def test_whoever_comes_second_is_told(client, responder, commander, ticket, item, in_conflict):
    conflict = in_conflict(ticket)
    address = reverse("ticket_conflict", args=[item.pk, ticket.pk, conflict.pk])
    settle_conflict(by=commander, conflict=conflict, theirs=True)
    client.force_login(responder)
    told = client.post(address, {"use": "ours"}, follow=True).text
    assert f"{commander.name} has settled this conflict already, with the other value." in told
    assert "get that value" not in told
    item.refresh_from_db()
    assert item.due_on == date(2027, 1, 9)
    assert "get that value" in client.post(address, {"use": "theirs"}, follow=True).text


def test_it_leads_back_to_no_other_site(client, responder, ticket, item, in_conflict):
    conflict = in_conflict(ticket)
    client.force_login(responder)
    address = reverse("ticket_conflict", args=[item.pk, ticket.pk, conflict.pk])
    answer = client.post(f"{address}?back=//elsewhere.example/", {"use": "ours"})
    assert answer["Location"] == item.get_absolute_url()


def test_each_filter_finds_its_items(client, responder, project, ticket, item, in_conflict, server, work):
    in_conflict(ticket)
    items = {name: add_action_item(by=responder, title=name) for name in ("synced", "problem", "none")}
    made = {
        name: create_ticket(by=responder, item=items[name], project=project) for name in ("synced", "problem")
    }
    work()
    gone = Ticket.objects.get(pk=made["problem"].pk)
    del server.issues[gone.remote_id]
    touch(gone.tracker_id, [gone.remote_id], timezone.now())
    work()
    found = {name: asked(client, responder, name) for name in TICKETS_ASKED}
    for name, title in {
        "conflict": item.title,
        "synced": "synced",
        "problem": "problem",
        "none": "none",
    }.items():
        shown = {one for one in ActionItem.objects.all() if f"Select {one.title}" in found[name]}
        assert {one.title for one in shown} == {title}, name
    Tracker.objects.update(problem="unreachable")
    assert "Select synced" in asked(client, responder, "problem")
    assert "Select synced" not in asked(client, responder, "synced")


def test_the_api_finds_the_same(responder, ticket, item, in_conflict):
    other = add_action_item(by=responder, title="Another one")
    assert by_api(responder, "conflict") == set()
    assert by_api(responder, "synced") == {item.reference}
    in_conflict(ticket)
    assert by_api(responder, "conflict") == {item.reference}
    assert by_api(responder, "none") == {other.reference}


def test_of_what_is_private_nothing_is_told(
    client, outsider, commander, private_ticket, in_conflict, server, work
):
    change_action_item(item=private_ticket.item, by=commander, due_on=date(2027, 1, 4))
    server.edit(private_ticket.remote_id, due_on="2027-01-09")
    touch(private_ticket.tracker_id, [private_ticket.remote_id], timezone.now())
    work()
    assert TicketConflict.objects.count() == 1
    assert "changed on both sides" in asked(client, commander, "conflict")
    page = asked(client, outsider, "conflict")
    assert "changed on both sides" not in page
    assert "secretword" not in page
    assert "ticket conflicts" not in client.get(LIST).text


def test_whoever_may_not_change_it_gets_no_buttons(client, stakeholder, ticket, in_conflict):
    in_conflict(ticket)
    page = asked(client, stakeholder, "conflict")
    assert "Sat 9 Jan 2027" in page
    assert 'form="settle-conflict"' not in page


def test_many_conflicts_cost_no_more_queries(client, responder, project, ticket, in_conflict, work):
    in_conflict(ticket)
    items = [add_action_item(by=responder, title=f"Item {number}") for number in range(5)]
    for one in items:
        create_ticket(by=responder, item=one, project=project)
    work()
    asked(client, responder, "conflict")
    with CaptureQueriesContext(connection) as few:
        asked(client, responder, "conflict")
    for one in Ticket.objects.filter(item__in=items):
        TicketConflict.objects.create(
            ticket=one, field="owner", ours=str(responder.pk), theirs="", used_theirs=True
        )
    with CaptureQueriesContext(connection) as many:
        page = asked(client, responder, "conflict")
    assert page.count("The owner changed on both sides.") == 5
    assert len(many) <= len(few) + 1  # the names of owners


def test_without_trackers_there_is_no_filter(client, responder, item):
    client.force_login(responder)
    assert 'name="tickets"' not in client.get(LIST).text
