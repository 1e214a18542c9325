"""Trackers that are reached over HTTP on loopback: jira820, and fakes of Jira and Linear."""

from contextlib import suppress
from dataclasses import replace

import pytest
from django.utils import timezone

from tests.trackers.imaginary import Killed
from tests.trackers.served.fake_jira import FakeJira
from tests.trackers.served.fake_linear import FakeLinear
from tests.trackers.served.jira820_server import Jira820
from tests.trackers.served.killed import CALLS
from trackers.face import Access
from trackers.kinds import KINDS, client_of
from trackers.workflow import add_project, add_tracker
from trackers.workflow.sweeping import touch

SERVERS = {
    "jira820": Jira820,
    "jira cloud": lambda: FakeJira(is_cloud=True),
    "jira data center": lambda: FakeJira(is_cloud=False),
    "linear": FakeLinear,
}


@pytest.fixture
def serve(loopback):
    """`serve("linear")` is a new one."""
    made = []

    def new(name: str):
        made.append(SERVERS[name]())
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture(params=list(SERVERS))
def there(request, serve):
    return serve(request.param)


@pytest.fixture
def client(there):
    return client_of(Access(**there.access))


@pytest.fixture
def tracker(there, admin, work):
    tracker = add_tracker(by=admin, name="Backlog", **there.access)
    work()
    tracker.refresh_from_db()
    assert tracker.problem_words == ""
    return tracker


@pytest.fixture
def project(there, tracker, admin, work):
    project = add_project(by=admin, tracker=tracker, remote_id=there.project)
    work()
    project.refresh_from_db()
    assert project.problem == ""
    return project


@pytest.fixture
def look(ticket, work):
    def again():
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        work()
        ticket.refresh_from_db()
        return ticket

    return again


@pytest.fixture
def work_on(work):
    """Until nothing is due, or the worker is killed."""

    def run() -> None:
        with suppress(Killed):
            work()

    return run


@pytest.fixture
def calls(monkeypatch):
    """Around each call of a client, so that a worker can be killed there."""
    for kind, name in (("jira", "Jira"), ("linear", "Linear")):
        monkeypatch.setitem(KINDS, kind, replace(KINDS[kind], client=f"tests.trackers.served.killed.{name}"))
    CALLS.clear()
    yield CALLS
    CALLS.clear()
