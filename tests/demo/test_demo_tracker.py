"""Does the demo's own tracker do what a tracker does: tickets created, changed there, in conflict, deleted; in the demo only?"""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from action_items.workflow import add_action_item, change_action_item
from demo.models import DemoTicket
from demo.tickets import add_ticket
from notifications.workflow import expand_next_event
from trackers.models import Ticket, TicketConflict, TrackerPerson
from trackers.workflow import add_project, add_tracker, create_ticket, link_ticket, sync_ticket
from trackers.workflow.turns import take_turns

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """What a worker does: its threads have connections of their own."""
    while expand_next_event():
        pass
    take_turns()


@pytest.fixture
def demo_mode(settings, responder):
    settings.DEMO = True
    User.objects.filter(pk=responder.pk).update(is_demo=True)


@pytest.fixture
def tracker(demo_mode, admin):
    tracker = add_tracker(by=admin, kind="demo", name="Backlog", secret="demo")
    work()
    tracker.refresh_from_db()
    add_project(by=admin, tracker=tracker, remote_id="PAY")
    work()
    return tracker


@pytest.fixture
def item(responder):
    return add_action_item(by=responder, title="Alert on saturation", owner=responder)


@pytest.fixture
def ticket(tracker, item, responder):
    """Created there and in step."""
    ticket = create_ticket(by=responder, item=item, project=tracker.projects.get())
    work()
    ticket.refresh_from_db()
    assert ticket.is_linked, ticket.problem_words
    return ticket


@pytest.fixture
def change_there(client, responder, ticket):
    """What a visitor changes on the page of the ticket."""

    def change(**said: str):
        client.force_login(responder)
        there = DemoTicket.objects.get(pk=int(ticket.remote_id))
        answer = client.post(reverse("demo_ticket", args=[ticket.key]), there.raw | said)
        assert answer.status_code == 302
        work()

    return change


def test_a_ticket_is_created_from_an_item(ticket, item):
    there = DemoTicket.objects.get()
    assert (ticket.key, there.key) == ("PAY-1", "PAY-1")
    assert (there.raw["title"], there.raw["owner"]) == ("Alert on saturation", "responder")
    assert item.get_absolute_url() in there.text
    assert TrackerPerson.objects.filter(user=None).values_list("name", flat=True)[0] == "Robin Vale"


def test_what_is_changed_there_arrives(ticket, item, change_there):
    change_there(title="Alert early", state="done", due_on="2027-01-09")
    item.refresh_from_db()
    assert (item.title, item.state, item.due_on) == ("Alert early", "done", date(2027, 1, 9))


def test_what_is_changed_here_arrives_there(ticket, item, responder):
    change_action_item(item=item, by=responder, due_on=date(2027, 1, 4), owner=None)
    work()
    raw = DemoTicket.objects.get().raw
    assert (raw["due_on"], raw["owner"]) == ("2027-01-04", "")


def test_a_conflict_is_seen(ticket, item, responder, change_there):
    change_there(due_on="2027-01-09", is_untold="on")
    item.refresh_from_db()
    assert item.due_on is None
    change_action_item(item=item, by=responder, due_on=date(2027, 1, 4))
    work()
    conflict = TicketConflict.objects.get()
    assert (conflict.ours, conflict.theirs, conflict.theirs_by) == ("2027-01-04", "2027-01-09", "Robin Vale")
    assert DemoTicket.objects.get().raw["due_on"] == "2027-01-04"


def test_a_deleted_one_is_not_found_until_it_is_restored(client, ticket, responder, item):
    client.force_login(responder)
    client.post(reverse("demo_ticket_deletion", args=[ticket.key]))
    work()
    ticket.refresh_from_db()
    assert ticket.problem == "gone"
    client.post(reverse("demo_ticket_restoration", args=[ticket.key]))
    sync_ticket(by=responder, ticket=ticket)
    work()
    ticket.refresh_from_db()
    assert ticket.problem == ""


def test_one_that_is_there_is_linked_by_its_address(tracker, item, responder):
    there = add_ticket(project="PAY", raw={"title": "Limit retries"})
    link_ticket(by=responder, item=item, tracker=tracker, address=f"{tracker.url}/{there.key}/")
    work()
    item.refresh_from_db()
    there.refresh_from_db()
    assert Ticket.objects.get().key == there.key
    assert item.title == "Limit retries"
    assert item.get_absolute_url() in there.links[0][0]


def test_its_pages_say_what_they_are(client, ticket, item, responder):
    client.force_login(responder)
    for address in (reverse("demo_tickets"), reverse("demo_ticket", args=["PAY-1"])):
        page = client.get(address).text
        assert "This is the demo’s own tracker, made up by Allclear." in page
        assert "Alert on saturation" in page
    assert item.reference in page


def test_who_is_not_signed_in_sees_nothing(client, ticket):
    for address in (reverse("demo_tickets"), reverse("demo_ticket", args=["PAY-1"])):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))
    assert client.post(reverse("demo_ticket_deletion", args=["PAY-1"])).status_code == 302
    assert DemoTicket.objects.there().count() == 1


def test_it_is_offered_in_the_demo_only(client, admin, responder, settings):
    client.force_login(admin)
    assert "Demo tracker" not in client.get(reverse("trackers")).text
    assert "Demo tracker" not in client.get(reverse("tracker_new"), {"kind": "demo"}).text
    with pytest.raises(ValidationError, match="no such kind"):
        add_tracker(by=admin, kind="demo", name="Backlog", secret="demo")
    assert client.get(reverse("demo_tickets")).status_code == 404
    User.objects.filter(pk=responder.pk).update(is_demo=True)
    assert "Demo tracker" in client.get(reverse("trackers")).text
    assert "Add Demo tracker" in client.get(reverse("tracker_new"), {"kind": "demo"}).text
