"""A tracker that stands in this process, its project, and a worker that takes its turns when it is told to."""

import pytest
from django.utils import timezone

from action_items.workflow import add_action_item
from incidents.workflow import declare_incident
from notifications.workflow import expand_next_event
from tests.trackers.fake_github import GitHub
from tests.trackers.fake_gitlab import GitLab
from tests.trackers.forge import Forge
from tests.trackers.imaginary import SERVERS, Server
from trackers.face import Field
from trackers.kinds import KINDS, KindFacts
from trackers.models import Ticket, Tracker, TrackerPerson
from trackers.workflow import add_project, add_tracker, create_ticket
from trackers.workflow.turns import take_turns

URL = "https://tracker.example.test"


@pytest.fixture
def server():
    """Its kind is registered while the test runs, as that of another package would be."""
    KINDS["imaginary"] = KindFacts(
        client="tests.trackers.imaginary.Client",
        name="Imaginary",
        initials="IM",
        words="For tests",
        address=URL,
        fields=frozenset(Field),
    )
    SERVERS[URL] = Server()
    yield SERVERS[URL]
    del KINDS["imaginary"]
    del SERVERS[URL]


@pytest.fixture
def work():
    """Everything that is due now, and what follows from it."""

    def run() -> None:
        while expand_next_event():
            pass
        take_turns()

    return run


@pytest.fixture
def let_leases_end():
    """As after the time that a killed worker would have had, and every pause."""

    def end() -> None:
        now = timezone.now()
        Ticket.objects.exclude(busy_until=None).update(busy_until=now)
        Ticket.objects.exclude(next_at=None).update(next_at=now)
        Tracker.objects.filter(look_at__gt=now).update(look_at=now)
        Tracker.objects.update(retry_at=None)

    return end


@pytest.fixture
def tracker(server, admin, responder, work):
    tracker = add_tracker(by=admin, kind="imaginary", name="Backlog", secret="token-1")
    work()
    tracker.refresh_from_db()
    return tracker


@pytest.fixture
def project(tracker, admin, work):
    project = add_project(by=admin, tracker=tracker, remote_id="10")
    work()
    project.refresh_from_db()
    return project


@pytest.fixture
def item(responder):
    return add_action_item(by=responder, title="Alert on saturation", owner=responder)


@pytest.fixture
def ticket(item, project, responder, work):
    """Linked and in step."""
    ticket = create_ticket(by=responder, item=item, project=project)
    work()
    ticket.refresh_from_db()
    assert ticket.is_linked
    return ticket


@pytest.fixture
def person(project):
    return lambda name: TrackerPerson.objects.get(name=name)


@pytest.fixture
def private_item(commander, severity):
    incident = declare_incident(by=commander, title="Leak", severity=severity(1), is_private=True)
    return add_action_item(by=commander, title="Rotate the keys of the secretword", incident=incident)


@pytest.fixture
def loopback(monkeypatch, settings):
    """Loopback is allowed, as an operator allows a network of their own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


@pytest.fixture
def github(loopback):
    server = GitHub()
    yield server
    server.close()


@pytest.fixture
def gitlab(loopback):
    server = GitLab()
    yield server
    server.close()


@pytest.fixture
def targets_of(loopback):
    """`targets_of()` is another server, which has nothing."""
    made = []

    def new() -> Forge:
        made.append(Forge())
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture
def github_project(github, admin, work):
    tracker = add_tracker(by=admin, kind="github", name="Backlog", url=github.url, secret="token-1")
    work()
    tracker.refresh_from_db()
    project = add_project(by=admin, tracker=tracker, remote_id="10")
    work()
    project.refresh_from_db()
    return project


@pytest.fixture
def linked_tickets(github_project, responder, item, work):
    """`item` with acme/pay#1, another one with acme/pay#2."""
    other = add_action_item(by=responder, title="Another", owner=responder)
    for one in (item, other):
        create_ticket(by=responder, item=one, project=github_project)
        work()
    return [Ticket.objects.get(item=one) for one in (item, other)]
