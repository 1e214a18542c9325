"""Does what a tracker answers, whatever it is, hold up nothing but itself?"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from action_items.workflow import add_action_item
from tests.trackers.imaginary import Client
from trackers.face import Access, Field, Problem, RemotePerson, TrackerError
from trackers.kinds import client_of
from trackers.kinds.redmine.client import Client as Redmine
from trackers.models import Ticket, TrackerPerson
from trackers.workflow import create_ticket, look_at_project
from trackers.workflow.sweeping import touch
from trackers.workflow.syncing import claimed_sync

LONG = "x" * 10_000


@pytest.fixture
def another(responder, project):
    """A second ticket, which has nothing to do with the first."""
    item = add_action_item(by=responder, title="Another", owner=responder)
    return create_ticket(by=responder, item=item, project=project)


@pytest.fixture
def answers(server, monkeypatch):
    """`answers(key=…)`: the ticket with the marked title is told like that."""

    def given(**told):
        plain = Client._ticket

        def ticket(self, pk):
            found = plain(self, pk)
            return replace(found, **told) if "Alert" in str(found.raw[Field.TITLE]) else found

        monkeypatch.setattr(Client, "_ticket", ticket)

    return given


def _again(work):
    Ticket.objects.update(next_at=timezone.now())
    work()


@pytest.mark.parametrize(
    "title", ["Alert \x00", "Alert \ud800", "Alert \x1b[31m", LONG + "Alert", "Alert \u202e", ["Alert"], None]
)
def test_titles_that_no_text_may_hold(ticket, another, server, work, title):
    server.issues[ticket.remote_id].raw[Field.TITLE] = title
    _again(work)
    another.refresh_from_db()
    ticket.refresh_from_db()
    assert another.is_linked
    assert ticket.busy_until is None


@pytest.mark.parametrize(
    "told",
    [
        {"key": "PAY-1\x00"},
        {"key": LONG},
        {"key": 12},
        {"url": LONG},
        {"url": None},
        {"pk": LONG},
        {"project": LONG},
        {"project": 10},
        {"project": "1\x000"},
        {"names": {Field.STATE: "\x00"}},
        {"names": {Field.STATE: None}},
        {"raw": {Field.TITLE: "Alert", Field.DUE: LONG, Field.STATE: 3, Field.OWNER: None}},
        {"updated_at": datetime(1, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda told: str(told)[:40],
)
def test_tickets_that_are_told_wrong(ticket, another, answers, work, told):
    answers(**told)
    _again(work)
    _again(work)
    another.refresh_from_db()
    ticket.refresh_from_db()
    assert another.is_linked
    assert ticket.busy_until is None


@pytest.mark.parametrize("name", [None, "\x00", LONG, 7])
def test_histories_that_are_told_wrong(ticket, item, server, another, responder, work, name):
    server.edit(ticket.remote_id, RemotePerson("9", name), title="Alert soon", state="closed")
    changes = server.issues[ticket.remote_id].changes
    changes[:] = [replace(change, pk=LONG + change.pk) for change in changes]
    item.title = "Alert sooner"
    item.save()
    _again(work)
    another.refresh_from_db()
    ticket.refresh_from_db()
    assert another.is_linked
    assert ticket.busy_until is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example.test", "x\x00"]
)
def test_addresses_that_are_no_links(ticket, answers, work, responder, client, url):
    answers(url=url)
    _again(work)
    ticket.refresh_from_db()
    assert ticket.url == ""
    client.force_login(responder)
    page = client.get(ticket.item.get_absolute_url()).content.decode()
    assert url.partition("\x00")[0] not in page or url == "x\x00"
    assert ticket.key in page


def test_two_tickets_that_are_told_to_be_one(
    ticket, item, server, another, responder, project, answers, work
):
    create_ticket(by=responder, item=item, project=project)
    answers(pk=ticket.remote_id)
    _again(work)
    another.refresh_from_db()
    assert another.is_linked
    assert Ticket.objects.filter(item=item, remote_id=ticket.remote_id).count() == 1
    assert Ticket.objects.exclude(busy_until=None).count() == 0


def test_people_that_are_listed_twice(server, project, admin, another, monkeypatch, work):
    plain = Client.project

    def twice(self, pk):
        facts = plain(self, pk)
        new = (RemotePerson("77", "New"), RemotePerson("77", "New"), RemotePerson("78", "\x00"))
        long = (RemotePerson(LONG, LONG, LONG + "@example.test"), RemotePerson(79, None, None))
        return replace(facts, people=(*facts.people, *new, *long), name="\x00", key=5, url="javascript:1")

    monkeypatch.setattr(Client, "project", twice)
    look_at_project(by=admin, project=project)
    work()
    another.refresh_from_db()
    project.refresh_from_db()
    assert another.is_linked
    assert TrackerPerson.objects.filter(remote_id="77").count() == 1
    assert project.url == ""
    assert project.look_at > timezone.now()


def test_a_ticket_whose_item_is_deleted_meanwhile(ticket, item):
    touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
    turn = claimed_sync(Ticket.objects.get())
    answer = turn.ask(client_of(turn.access))
    item.delete()
    assert turn.settle(answer) is None


@pytest.mark.parametrize("pasted", ["https://[", "12 34", "https://elsewhere.example.test/issues/12", "\x00"])
def test_what_somebody_pastes_that_leads_nowhere(pasted):
    client = Redmine(Access(kind="redmine", url="https://redmine.example.test", secret="key"))
    with pytest.raises(TrackerError) as refusal:
        client.find(pasted)
    assert refusal.value.problem == Problem.REFUSED
