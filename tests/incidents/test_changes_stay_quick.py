"""Does an incident page look at its own changes only, and show the right ones?"""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.incident_queries import changes_near
from incidents.models import ChangeEvent, Incident
from incidents.workflow import set_service_impact

MANY = 1000


@pytest.fixture
def many(incident, commander, severity, service):
    """A thousand changes of the last days, each told on another incident, every second of the affected service."""
    now = timezone.now()
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
    others = Incident.objects.bulk_create(
        Incident(number=5000 + n, title="x", severity=severity(3), declared_at=now) for n in range(MANY)
    )
    changes = ChangeEvent.objects.bulk_create(
        ChangeEvent(
            title=f"Release {n}", at=now - timedelta(minutes=10 * n), service=service if n % 2 else None
        )
        for n in range(MANY)
    )
    told = ChangeEvent.incidents.through
    told.objects.bulk_create(
        told(changeevent=change, incident=other) for change, other in zip(changes, others, strict=True)
    )
    return changes


def rows_read(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT json) {sql}")
        found = cursor.fetchone()[0]
    plans = [(found if isinstance(found, list) else json.loads(found))[0]["Plan"]]
    for plan in plans:
        plans += plan.get("Plans", [])
    of_tables = [plan for plan in plans if "Relation Name" in plan]
    return max(
        plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
        for plan in of_tables
    )


def test_it_reads_few_rows(many, incident, responder):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as captured:
        changes_near(responder, incident, timezone.now())
    (asked,) = captured
    assert rows_read(asked["sql"]) <= MANY / 10


def test_which_it_shows(many, incident, responder):
    """Of the affected service within two hours; of none that nobody told; and what is put on this one, however old."""
    old = ChangeEvent.objects.create(title="Old", at=timezone.now() - timedelta(days=30))
    old.incidents.add(incident)
    untold = ChangeEvent.objects.create(title="Untold", at=timezone.now() - timedelta(minutes=1))
    far = ChangeEvent.objects.create(title="Far", at=timezone.now() - timedelta(hours=3))
    shown = changes_near(responder, incident, timezone.now())
    of_service = {change.title for change in many[1:12:2]}
    assert {change.title for change in shown} == of_service | {"Old", "Untold"}
    assert untold in shown
    assert far not in shown
    assert [change.at for change in shown] == sorted((change.at for change in shown), reverse=True)
