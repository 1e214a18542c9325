"""The cast, the built-in catalogue, and the rules every test keeps: real PostgreSQL, no network beyond loopback."""

import gc

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase, override_settings
from django.utils import timezone, translation

from accounts.models import InstallationRole, User
from api.rates import limiter
from audit.models import AuditEntry
from incidents.catalogue import load_built_in_catalogue
from incidents.models import Audience, Severity
from incidents.workflow import declare_incident
from notifications.models import OutboxMessage
from statuspages.models import StatusPage
from subscribers.models import NotificationPreference, Subscription
from tests.live.editors import Webs
from tests.resetting import end_sessions, end_work_of_others, keep_rows, restore_rows

# How long an example takes says how busy the machine is, and nothing about the product.
hypothesis.settings.register_profile(
    "usual", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("usual")
NOT_SENT = dict.fromkeys(Audience.values, "not part of this test")
"""For `resolve_incident`: no final update to anybody."""


def pytest_addoption(parser):
    group = parser.getgroup("faults", "the size of tests/faults/test_kills.py")
    group.addoption("--messages", type=int, default=400, help="how many become due")
    group.addoption("--redmine", action="store_true", help="run tests/trackers/with_redmine, too")
    group.addoption("--seconds", type=int, default=10, help="within how long, while processes are killed")


FIRST = {"setup", "browser", "faults", "live", "test_access.py"}
"""Folders and a file that take longest. They begin first, so that no core waits for one of them at the end."""


def pytest_collection_modifyitems(items):
    """A fixture called `page` elsewhere pulls the browser's in, and its tests out of the order of the database's."""
    items.sort(key=lambda item: FIRST.isdisjoint((item.path.parent.name, item.path.name)))
    for item in items:
        drawn_in = getattr(getattr(item, "callspec", None), "params", {})
        if "browser_name" in drawn_in and "browser" not in item.path.parts:
            raise pytest.UsageError(
                f"{item.nodeid}: only tests/browser may use the browser's fixtures (page, …)"
            )


def pytest_collection_finish():
    """Six thousand tests and what they import stay to the end: they need not be looked through again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The catalogue is there before each test; one on real transactions ends by restoring it."""
    with django_db_blocker.unblock():
        load_built_in_catalogue()
        keep_rows()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda self: restore_rows())
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_of_its_own(tmp_path_factory):
    """Test processes beside each other have a database each; so the written copies of status pages, too.

    Every test client makes the middleware anew, and WhiteNoise would then read every static file.
    """
    hashers = ["tests.hashing.QuickScryptPasswordHasher", *settings.PASSWORD_HASHERS[1:]]
    with override_settings(
        DATA_DIR=tmp_path_factory.mktemp("data"), WHITENOISE_AUTOREFRESH=True, PASSWORD_HASHERS=hashers
    ):
        yield


@pytest.fixture(scope="session")
def _standing_webs(django_db_setup, django_db_blocker, tmp_path_factory):
    webs = Webs(tmp_path_factory.mktemp("webs") / "data")
    yield webs
    webs.stop()
    with django_db_blocker.unblock():
        end_sessions()


@pytest.fixture
def webs(transactional_db, _standing_webs):
    """Two web processes; `webs.ports`. They run for all tests of this test process; one that was killed is replaced."""
    _standing_webs.serve_all()
    yield _standing_webs
    end_work_of_others()


@pytest.fixture(autouse=True)
def _as_nobody_left_it():
    """Time zone and language are kept by the thread, requests without a token are counted by the process; what an
    earlier test chose, or how many it sent, must not reach this one.
    """
    timezone.deactivate()
    translation.deactivate()
    limiter.cache_clear()


def _person(key: str, role: str = InstallationRole.RESPONDER, **fields) -> User:
    return User.objects.create_user(
        f"{key}@example.test", name=f"{key.capitalize()} Example", installation_role=role, **fields
    )


@pytest.fixture
def commander(db) -> User:
    return _person("commander")


@pytest.fixture
def responder(db) -> User:
    return _person("responder")


@pytest.fixture
def stakeholder(db) -> User:
    return _person("stakeholder", InstallationRole.STAKEHOLDER)


@pytest.fixture
def outsider(db) -> User:
    """A responder who is on none of the incidents: what is private does not exist for them."""
    return _person("outsider")


@pytest.fixture
def admin(db) -> User:
    return _person("admin", InstallationRole.ADMINISTRATOR)


@pytest.fixture
def severity(db):
    """`severity(1)` is SEV1."""
    return lambda rank: Severity.objects.get(rank=rank)


def add_readers() -> None:
    """Put somebody into every audience: a public page that shows every incident, an executive who follows them."""
    executive = _person("executive", InstallationRole.STAKEHOLDER, sees_private_incidents=True)
    NotificationPreference.objects.create(person=executive, follows_worst=False)
    StatusPage.objects.create(name="Shop", slug="readers", is_default=True, is_published=True)
    Subscription.objects.create(person=executive, audience=Audience.EXECUTIVES)


@pytest.fixture
def readers(db):
    add_readers()


@pytest.fixture
def incident(commander, severity, readers):
    """SEV2, investigating, commanded by `commander`, with somebody in every audience."""
    return declare_incident(by=commander, title="Checkout answers slowly", severity=severity(2))


@pytest.fixture
def private_incident(commander, severity):
    return declare_incident(
        by=commander,
        title="Canary Zephyrquartz",
        severity=severity(2),
        is_private=True,
        summary="Zephyrquartz",
    )


class Traces:
    """What a verb left behind: timeline rows, audit actions, outbox topics."""

    def __init__(self, incident):
        self.incident = incident
        self._before = self._counts()

    def _counts(self) -> tuple[int, int, int]:
        return (
            self.incident.timeline.count(),
            AuditEntry.objects.of(self.incident.chain).count(),
            OutboxMessage.objects.filter(subject=self.incident.chain).count(),
        )

    @property
    def events(self) -> list:
        return list(self.incident.timeline.order_by("pk"))[self._before[0] :]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events]

    @property
    def actions(self) -> list[str]:
        return [e.action for e in AuditEntry.objects.of(self.incident.chain)][self._before[1] :]

    @property
    def topics(self) -> list[str]:
        messages = OutboxMessage.objects.filter(subject=self.incident.chain).order_by("created_at")
        return [m.topic for m in messages][self._before[2] :]

    @property
    def none(self) -> bool:
        return self._counts() == self._before


@pytest.fixture
def traces():
    """`seen = traces(incident)` before a verb; afterwards `seen.texts`, `seen.actions`, `seen.topics`, `seen.none`."""
    return Traces
