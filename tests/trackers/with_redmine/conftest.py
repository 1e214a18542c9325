"""A run of its own (CONTRIBUTING.md): Debian's Redmine must be installed, so these are collected with --redmine only."""

import random

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.trackers.imaginary import Killed
from tests.trackers.with_redmine.redmine import Redmine
from trackers.face import Field, Problem, TrackerError
from trackers.kinds import KINDS
from trackers.kinds.redmine.client import Client
from trackers.models import Tracker
from trackers.workflow import add_project, add_tracker, match_person


def pytest_ignore_collect(collection_path, config):
    return None if config.getoption("--redmine") else True


@pytest.fixture(scope="session")
def redmine(tmp_path_factory):
    server = Redmine(tmp_path_factory.mktemp("redmine"))
    yield server
    server.stop()


class Faults:
    """How often a call is killed before or after it ran, or its answer lost."""

    rate = 0.0
    dice = random.Random(1)
    counts = dict.fromkeys(("killed before", "killed after", "lost"), 0)

    @classmethod
    def happen(cls, when: str) -> None:
        if cls.dice.random() >= cls.rate:
            return
        if when == "before":
            cls.counts["killed before"] += 1
            raise Killed
        if cls.dice.random() < 0.5:
            cls.counts["killed after"] += 1
            raise Killed
        cls.counts["lost"] += 1
        raise TrackerError(Problem.UNREACHABLE, "did not answer", may_have_run=True)


class FaultyClient(Client):
    """Redmine's own, which fails as `Faults` says."""


def _faulty(name):
    def call(self, *arguments):
        Faults.happen("before")
        answer = getattr(Client, name)(self, *arguments)
        Faults.happen("after")
        return answer

    return call


for _name in ("get", "create", "change", "find_marked", "changed_since"):
    setattr(FaultyClient, _name, _faulty(_name))


@pytest.fixture
def tracker(redmine, admin, work):
    with override_settings(OUTBOUND_ALLOW=["127.0.0.0/8"]):
        usual = KINDS["redmine"]
        KINDS["redmine"] = type(usual)(
            **(vars(usual) | {"client": "tests.trackers.with_redmine.conftest.FaultyClient"})
        )
        tracker = add_tracker(by=admin, kind="redmine", name="Redmine", url=redmine.url, secret=redmine.bot)
        work()
        tracker.refresh_from_db()
        assert tracker.problem == "", tracker.problem_words
        yield tracker
        Faults.rate = 0.0
        KINDS["redmine"] = usual


@pytest.fixture
def project(tracker, redmine, admin, responder, work):
    project = add_project(by=admin, tracker=tracker, remote_id=str(redmine.pay))
    work()
    match_person(by=admin, person=tracker.people.get(remote_id=str(redmine.dana_id)), user=responder)
    project.refresh_from_db()
    return project


@pytest.fixture
def sweep(tracker, work):
    """What the worker does once a minute."""

    def run() -> None:
        Tracker.objects.update(sweep_at=timezone.now(), retry_at=None)
        work()

    return run


@pytest.fixture
def read():
    return lambda project, issue, item: {
        Field.TITLE: issue["subject"],
        Field.STATE: project.states["means"][str(issue["status"]["id"])],
        Field.DUE: issue.get("due_date") or "",
        Field.PRIORITY: project.priorities["means"][str(issue["priority"]["id"])],
    }
