"""An integration to take alerts in for, and `tell`, which takes in one payload."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.observed import Observed, Parsed, Told
from alerts.workflow import route_alerts, take_in
from integrations.workflow import create_integration

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def firing(key="disk", at=0, **said) -> Observed:
    said = {"title": "Disk is full", "at": minute(at), "started_at": minute(at)} | said
    return Observed(dedup_key=key, state=Told.FIRING, **said)


def resolved(key="disk", at=1, **said) -> Observed:
    return Observed(dedup_key=key, state=Told.RESOLVED, at=minute(at), **said)


@pytest.fixture
def integration(admin):
    return create_integration(by=admin, kind="generic", name="Monitoring")[0]


@pytest.fixture
def tell(integration):
    """`tell(*observed, at=minutes)` takes one payload in and routes what fires, as a worker does."""

    def take(*observed, at: float = 0, closed=(), **options):
        taken = take_in(
            integration=integration,
            parsed=Parsed(alerts=observed, closed_groups=tuple(closed), at=options.pop("told_at", None)),
            received_at=minute(at),
            by=integration.account,
            **options,
        )
        taken.opened = route_alerts(
            alerts=taken.firing, again=taken.firing_again, opens=integration.opens, by=integration.account
        )
        return taken

    return take
