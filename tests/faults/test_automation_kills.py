"""Is the target of an automation called once by real workers, two of them, and one that is killed during the call?"""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import User
from automations.models import AutomationRun
from automations.workflow import add_automation, run_automation
from automations.workflow.calling import LOST_AFTER
from incidents.models import Service, Severity
from incidents.workflow import declare_incident
from tests.automations.conftest import FakeTarget
from tests.faults.conftest import until, works

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pressed():
    """`pressed(name, target)` is a run that waits for a worker."""
    person = User.objects.create_user("ada@example.test", name="Ada", installation_role="administrator")
    service = Service.objects.create(name="payments-api", slug="payments-api")
    incident = declare_incident(
        by=person,
        title="Checkout answers slowly",
        severity=Severity.objects.get(rank=3),
        services=[service],
        service_impact="degraded",
    )

    def press(name: str, target: FakeTarget) -> AutomationRun:
        automation = add_automation(by=person, service=service, name=name, url=target.url)
        return run_automation(incident=incident, automation=automation, by=person)

    return press


@pytest.fixture
def target():
    made = FakeTarget()
    yield made
    made.close()


def state_of(run: AutomationRun) -> str:
    run.refresh_from_db()
    return run.state


def test_two_workers_call_once(installation, pressed, target):
    running = installation()
    running.start("worker-1", "worker-2")
    assert until(works, seconds=30)
    target.hang = 1.0
    runs = [pressed(f"Step {n}", target) for n in range(6)]
    assert until(lambda: {state_of(run) for run in runs} == {"accepted"}, seconds=30)
    assert len(target.requests) == 6
    assert running.ended() == []


def test_a_worker_killed_during_the_call(installation, pressed, target):
    running = installation()
    running.start("worker-1")
    assert until(works, seconds=30)
    target.hang = 60.0
    run = pressed("Roll back", target)
    assert until(lambda: len(target.requests) == 1, seconds=15)
    running.kill("worker-1")
    assert state_of(run) == "calling"
    running.start("worker-2")
    other = FakeTarget()
    quick = pressed("Restart", other)
    assert until(lambda: state_of(quick) == "accepted", seconds=30)
    past = F("called_at") - LOST_AFTER - timedelta(seconds=1)
    AutomationRun.objects.filter(pk=run.pk).update(called_at=past)
    last = pressed("Restart again", other)  # the worker looks what is due when
    assert until(lambda: state_of(run) == "unknown", seconds=90)
    assert "it may have run" in run.problem
    assert until(lambda: state_of(last) == "accepted", seconds=30)
    other.close()
    assert (len(target.requests), len(other.requests)) == (1, 2)
