"""Is nothing written over where a tracker gets the address of another server, though tickets are linked?"""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from action_items.workflow import change_action_item
from audit.models import AuditEntry
from tests.api.client import ApiClient
from tests.trackers.conftest import URL
from tests.trackers.imaginary import SERVERS, Server
from trackers.face import Field
from trackers.kinds import client_of
from trackers.models import Ticket, Tracker
from trackers.workflow import change_tracker, choose_synced, link_ticket, sync_ticket, unlink_ticket
from trackers.workflow.making import claimed_making
from trackers.workflow.syncing import claimed_sync

NEW = "https://new.example.test"
REFUSAL = (
    "1 ticket is linked. At another tracker, tickets with the same numbers would be written over. "
    "Confirm that it is the same tracker, or add the other one as a new tracker."
)
LABEL = "It is the same tracker at a new address"


@pytest.fixture
def new(server):
    """Another server. `server` has the ticket PAY-1."""
    SERVERS[NEW] = Server()
    yield SERVERS[NEW]
    del SERVERS[NEW]


@pytest.fixture
def move(ticket, admin, work):
    def moved(**said):
        change_tracker(by=admin, tracker=ticket.tracker, secret="token-2", **({"url": NEW} | said))
        work()
        ticket.refresh_from_db()

    return moved


def test_another_server_is_refused_while_tickets_are_linked(move, ticket, new):
    with pytest.raises(ValidationError) as refusal:
        move()
    assert refusal.value.message_dict == {"is_same_tracker": [REFUSAL]}
    tracker = Tracker.objects.get()
    assert (tracker.url, tracker.secret) == (URL, "token-1")


def test_both_that_are_missing_are_said_at_once(ticket, admin):
    with pytest.raises(ValidationError) as refusal:
        change_tracker(by=admin, tracker=ticket.tracker, url=NEW)
    assert set(refusal.value.message_dict) == {"secret", "is_same_tracker"}


@pytest.mark.parametrize(
    ("url", "leads_elsewhere"),
    [
        (URL, False),
        (f"{URL}/", False),
        (URL.replace("https", "http"), False),
        (URL.upper().replace("HTTPS", "https"), False),
        (f"{URL}:443", False),
        (f"{URL}:8443", True),
        (f"{URL}/other", True),
        ("https://tracker.example.org", True),
    ],
)
def test_what_another_address_is(ticket, admin, url, leads_elsewhere):
    if leads_elsewhere:
        with pytest.raises(ValidationError, match="1 ticket is linked"):
            change_tracker(by=admin, tracker=ticket.tracker, url=url, secret="token-2")
    else:
        change_tracker(by=admin, tracker=ticket.tracker, url=url, secret="token-2")


def test_without_linked_tickets_nobody_is_asked(move, ticket, responder, new):
    unlink_ticket(by=responder, ticket=ticket)
    change_tracker(by=ticket.tracker.created_by, tracker=ticket.tracker, url=NEW, secret="token-2")
    assert Tracker.objects.get().url == NEW


def test_the_same_tracker_goes_on(move, ticket, item, server, new, responder, work):
    new.issues.update(server.issues)
    move(is_same_tracker=True)
    change_action_item(item=item, by=responder, title="Ours")
    work()
    ticket.refresh_from_db()
    assert (ticket.problem, ticket.is_key_unchecked) == ("", False)
    assert new.issues["1"].raw[Field.TITLE] == "Ours"
    changes = AuditEntry.objects.filter(action="tracker.changed").latest("pk").changes
    assert (changes["url"], changes["is_same_tracker"]) == ([URL, NEW], [None, "confirmed"])


@pytest.fixture
def replaced(move, new):
    """At the new address another ticket has the id."""
    new.add(project="20", title="Salaries")
    move(is_same_tracker=True)


def test_another_ticket_of_the_same_id_is_not_written_to(
    replaced, ticket, item, new, responder, client, work
):
    change_action_item(item=item, by=responder, title="Ours")
    work()
    ticket.refresh_from_db()
    item.refresh_from_db()
    assert (ticket.problem, ticket.key) == ("another", "PAY-1")
    assert (new.issues["1"].raw[Field.TITLE], item.title) == ("Salaries", "Ours")
    assert not {"change", "add_backlink"} & set(new.calls)
    client.force_login(responder)
    page = client.get(item.get_absolute_url()).text
    words = (
        "Backlog has OPS-1 in place of PAY-1 since its address was changed. "
        "Confirm that it is the same ticket, or unlink it."
    )
    assert words in page
    assert "Confirm same ticket" in page
    assert "Another ticket" in page


def test_it_stays_so_until_somebody_confirms(replaced, ticket, item, new, responder, client, work):
    sync_ticket(by=responder, ticket=ticket)
    choose_synced(by=responder, ticket=ticket, takes_theirs=False)
    work()
    ticket.refresh_from_db()
    assert (ticket.problem, new.issues["1"].raw[Field.TITLE]) == ("another", "Salaries")
    client.force_login(responder)
    client.post(reverse("ticket_sync", args=[item.pk, ticket.pk]), {"is_same_ticket": "1"})
    work()
    ticket.refresh_from_db()
    assert (ticket.problem, ticket.key, ticket.moved_from) == ("", "OPS-1", "PAY-1")
    assert new.issues["1"].raw[Field.TITLE] == item.title
    assert AuditEntry.objects.filter(action="ticket.confirmed_same", actor=responder).count() == 1


@pytest.mark.parametrize("claimed", [claimed_sync, claimed_making])
def test_an_answer_from_the_address_before_proves_nothing(
    ticket, item, project, new, admin, responder, work, claimed
):
    if claimed is claimed_making:
        unlink_ticket(by=responder, ticket=ticket)
        ticket = link_ticket(by=responder, item=item, tracker=ticket.tracker, address="PAY-1")
    turn = claimed(Ticket.objects.get(pk=ticket.pk))
    answer = turn.ask(client_of(turn.access))
    new.add(project="20", title="Salaries")
    change_tracker(by=admin, tracker=ticket.tracker, url=NEW, secret="token-2", is_same_tracker=True)
    turn.settle(answer)
    change_action_item(item=item, by=responder, title="Ours")
    work()
    assert Ticket.objects.get().problem == "another"
    assert new.issues["1"].raw[Field.TITLE] == "Salaries"


def test_the_api_confirms_both(ticket, item, server, new, admin, responder, work):
    asked = ApiClient.of(admin)
    at = f"trackers/{ticket.tracker_id}"
    refused = asked.patch(at, {"url": NEW, "secret": "token-2"})
    assert asked.status == 422
    (told,) = refused["errors"]
    assert (told["pointer"], told["detail"]) == ("/is_same_tracker", REFUSAL)
    new.add(project="20")
    asked.patch(at, {"url": NEW, "secret": "token-2", "is_same_tracker": True})
    assert asked.status == 200
    work()
    asked = ApiClient.of(responder)
    tickets = f"action-items/{item.reference}/tickets/{ticket.pk}"
    assert asked.get(tickets)["problem"] == "another"
    asked.post(f"{tickets}/sync", {"is_same_ticket": True})
    work()
    assert asked.get(tickets)["problem"] == ""


def test_the_page_asks_and_keeps_what_was_typed(ticket, admin, client):
    client.force_login(admin)
    address = reverse("tracker_edit", args=[ticket.tracker_id])
    assert LABEL not in client.get(address).text
    said = {"name": "Our backlog", "url": NEW, "secret": "typed-token"}
    assert LABEL not in client.post(address, said | {"url": URL, "name": ""}).text
    page = client.post(address, said).text
    assert LABEL in page
    assert REFUSAL in page
    for typed in said.values():
        assert f'value="{typed}"' in page
    assert client.post(address, said | {"is_same_tracker": "on"}).status_code == 302
    tracker = Tracker.objects.get()
    assert (tracker.name, tracker.url, tracker.secret) == ("Our backlog", NEW, "typed-token")
    page = client.get(address).text
    assert LABEL not in page
    assert "typed-token" not in page
    assert Ticket.objects.get().is_key_unchecked
