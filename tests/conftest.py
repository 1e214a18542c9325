"""The cast, the built-in catalogue, and the rules every test keeps: real PostgreSQL, no network beyond loopback."""

import pytest
from incidents.catalogue import load_built_in_catalogue

from accounts.models import InstallationRole, User
from incidents.models import Severity
from incidents.workflow import declare_incident


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        load_built_in_catalogue()


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


@pytest.fixture
def incident(commander, severity):
    """SEV2, investigating, commanded by `commander`."""
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
