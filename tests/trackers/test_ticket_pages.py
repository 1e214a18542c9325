"""Does the page of an action item show its tickets, and let those who may change it act on them?"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from action_items.workflow import add_action_item, change_action_item
from trackers.face import Problem, TrackerError
from trackers.models import Ticket, TicketConflict
from trackers.workflow import create_ticket
from trackers.workflow.sweeping import touch


def page(client, user, item):
    client.force_login(user)
    return client.get(item.get_absolute_url()).text


def test_both_sides_stand_beside_each_other(client, responder, item, ticket):
    html = page(client, responder, item)
    assert "PAY-1" in html
    assert html.count("Same") >= 4
    assert "Synced" in html


def test_a_conflict_is_shown_and_settled(client, responder, item, ticket, server, work):
    change_action_item(item=item, by=responder, due_on=date(2027, 1, 4))
    server.edit(ticket.remote_id, due_on="2027-01-09")
    touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
    work()
    conflict = TicketConflict.objects.get()
    assert "The due date changed on both sides." in page(client, responder, item)
    client.post(reverse("ticket_conflict", args=[item.pk, ticket.pk, conflict.pk]), {"use": "ours"})
    work()
    item.refresh_from_db()
    assert item.due_on == date(2027, 1, 4)
    assert server.issues[ticket.remote_id].raw["due_on"] == "2027-01-04"


@pytest.mark.parametrize("name", ["ticket_sync", "ticket_choice"])
def test_who_may_not_change_the_item_is_refused(client, stakeholder, item, ticket, name):
    client.force_login(stakeholder)
    assert client.post(reverse(name, args=[item.pk, ticket.pk])).status_code == 403
    assert client.get(reverse("ticket_new", args=[item.pk])).status_code == 403


def test_a_link_that_finds_nothing_says_what_to_enter(client, responder, item, project, work):
    client.force_login(responder)
    said = {
        "tracker": project.tracker_id,
        "address": "nonsense",
        "takes_theirs": "theirs",
        "form_token": uuid4(),
    }
    client.post(reverse("ticket_link", args=[item.pk]), said)
    work()
    html = page(client, responder, item)
    assert "Unlink it here, and link the ticket again by its address or its key." in html
    assert "Restore it" not in html


def test_of_what_is_private_nothing_is_told(client, outsider, private_item, commander, project, work):
    client.force_login(outsider)
    for name in ("item_tickets", "ticket_new", "ticket_link"):
        assert client.get(reverse(name, args=[private_item.pk])).status_code == 404
    client.force_login(commander)
    form = client.get(reverse("ticket_new", args=[private_item.pk])).text
    assert "Everybody who can see the project may read its title and text" in form
    refused = client.post(
        reverse("ticket_new", args=[private_item.pk]), {"project": project.pk, "form_token": uuid4()}
    )
    assert "comes from something private" in refused.text
    assert not Ticket.objects.exists()


def test_several_in_a_list_get_their_tickets(client, responder, project, server, work):
    items = [add_action_item(by=responder, title=f"Item {number}") for number in range(3)]
    client.force_login(responder)
    asked = {"item": [item.pk for item in items], "project": project.pk}
    client.post(reverse("tickets_new"), asked)
    work()
    assert len(server.issues) == 3
    assert "PAY-1" in client.get(reverse("action_list")).text
    csv = client.get(reverse("action_export")).content.decode()
    assert "ticket_state" in csv
    assert "https://tracker.example.test/browse/1,New" in csv


def test_a_list_asks_once_for_all_tickets(client, responder, project, work, django_assert_max_num_queries):
    client.force_login(responder)
    address = reverse("action_list")
    client.get(address)
    for number in range(12):
        add_action_item(by=responder, title=f"Item {number}")
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    count = len(few)
    client.post(
        reverse("tickets_new"),
        {
            "item": list(responder.action_items.model.objects.values_list("pk", flat=True)),
            "project": project.pk,
        },
    )
    work()
    with django_assert_max_num_queries(count):
        client.get(address)


def test_the_page_is_fetched_again_while_a_worker_is_at_it(client, responder, item, project):
    client.force_login(responder)
    client.post(reverse("ticket_new", args=[item.pk]), {"project": project.pk, "form_token": uuid4()})
    html = page(client, responder, item)
    assert "data-again" in html
    assert "Being created" in html


def test_it_is_tried_again_only_when_something_went_wrong(client, responder, item, project, server, work):
    def fail(name):
        raise TrackerError(Problem.REFUSED, "refused it: no such type")

    create_ticket(by=responder, item=item, project=project)
    html = page(client, responder, item)
    assert "Being created" in html
    assert "Unlink" in html
    assert "Try again" not in html
    server.each = fail
    work()
    html = page(client, responder, item)
    assert "refused it: no such type" in html
    assert "Try again" in html


@pytest.mark.parametrize("in_conflict", [False, True])
def test_it_is_fetched_again_until_what_changed_here_is_set_there(
    client, responder, item, ticket, work, in_conflict
):
    """The change is announced: no worker has heard of it when the page is shown."""
    change_action_item(item=item, by=responder, title="Alert before saturation")
    if in_conflict:
        TicketConflict.objects.create(ticket=ticket, field="title", theirs="Alert at 80 %", used_theirs=False)
    client.force_login(responder)
    before = client.get(item.get_absolute_url()).context["tickets"].again_at
    assert before < timezone.now() + timedelta(seconds=5)
    work()
    after = client.get(item.get_absolute_url()).context["tickets"].again_at
    assert after > timezone.now() + timedelta(seconds=5)
