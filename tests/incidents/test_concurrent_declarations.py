"""Real threads on real transactions: references have no gap and no double, a form sent twice makes one incident."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from audit.models import AuditEntry, first_broken_link
from incidents.models import Incident, Role, Severity
from incidents.workflow import assign_role, declare_incident, report_problem

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs: list, threads: int) -> list:
    """Run all jobs with `threads` running together, each on a connection of its own; their results in order."""
    barrier = threading.Barrier(threads)

    def run(job):
        barrier.wait(timeout=30)
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, jobs))


def test_fifty_declarations_have_fifty_gapless_references(commander, severity):
    sev3 = severity(3)
    jobs = [lambda n=n: declare_incident(by=commander, title=f"Burst {n}", severity=sev3) for n in range(50)]
    made = at_once(jobs, threads=25)
    assert sorted(i.number for i in made) == list(range(1, 51))
    assert len({i.reference for i in made}) == 50
    for incident in Incident.objects.all():
        assert first_broken_link(AuditEntry.objects.of(incident.chain)) is None
        assert incident.timeline.count() == 2


@pytest.mark.parametrize("verb", ["declare", "report"])
def test_twenty_forms_sent_twice_make_twenty_incidents(commander, severity, verb):
    sev3 = severity(3)
    tokens = [uuid.uuid4() for _ in range(20)]

    def send(token):
        if verb == "declare":
            return declare_incident(by=commander, title="Double click", severity=sev3, form_token=token)
        return report_problem(by=commander, title="Double click", form_token=token)

    jobs = [lambda token=token: send(token) for token in tokens for _ in range(2)]
    made = at_once(jobs, threads=20)
    assert [made[n].pk for n in range(0, 40, 2)] == [made[n].pk for n in range(1, 40, 2)]
    assert sorted(Incident.objects.values_list("number", flat=True)) == list(range(1, 21))


def test_command_taken_by_ten_at_once_is_held_by_one(commander, severity):
    incident = declare_incident(by=commander, title="x", severity=severity(2), takes_command=False)
    command = Role.objects.get(slug=Role.COMMANDER)
    people = [User.objects.create_user(f"p{n}@example.test", name=f"P {n}") for n in range(10)]
    at_once(
        [lambda p=p: assign_role(incident=incident, role=command, user=p, by=p) for p in people], threads=10
    )
    assert incident.role_assignments.running().count() == 1
    assert incident.role_assignments.count() == 10
    assert first_broken_link(AuditEntry.objects.of(incident.chain)) is None
    assert Severity.objects.count() == 5
