"""Real processes against the test database; a receiver on loopback counts what arrives."""

import sys
import time

import pytest

from notifications.models import Heartbeat
from tests.faults.processes import Installation
from tests.faults.receiver import Receiver


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def installation(transactional_db, tmp_path, receiver):
    """`installation(NAME="value")` is one with these variables in its environment."""
    made: list[Installation] = []

    def make(**environment: str) -> Installation:
        made.append(Installation(tmp_path / f"data{len(made)}", SMTP_URL=receiver.smtp_url, **environment))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def report(request, capsys):
    """Say the measured figures, also where the test passes."""

    def say(**figures: object) -> None:
        with capsys.disabled():
            sys.stdout.write(
                f"\n  {request.node.name}: " + ", ".join(f"{k} {v}" for k, v in figures.items()) + "\n"
            )

    return say


def until(condition, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def works() -> bool:
    """A worker has come up and does what is to be done every few seconds."""
    return Heartbeat.objects.filter(name="worker").exists()


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
