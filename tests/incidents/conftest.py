from datetime import timedelta

import pytest

from audit import context
from incidents.models import Service
from incidents.workflow import (
    close_incident,
    mitigate_incident,
    report_problem,
    resolve_incident,
)
from tests.conftest import NOT_SENT


@pytest.fixture
def ago(db):
    """`ago(minutes=5)`: that long before now."""
    return lambda **length: context.now() - timedelta(**length)


@pytest.fixture
def service(db) -> Service:
    return Service.objects.create(name="Payments", slug="payments", tier=1)


@pytest.fixture
def suspected(stakeholder):
    return report_problem(by=stakeholder, title="Basket empties itself")


@pytest.fixture
def mitigated(incident, commander):
    return mitigate_incident(incident=incident, by=commander)


@pytest.fixture
def resolved(mitigated, commander):
    return resolve_incident(
        incident=mitigated, by=commander, waive_reason="not checked in this test", unsent=NOT_SENT
    )


@pytest.fixture
def closed(resolved, commander):
    return close_incident(incident=resolved, by=commander, waive_reason="no retrospective in this test")
