"""Does an incident end in as many statements whatever number of services it affected?"""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import AffectedService, Service
from incidents.workflow import decline_report, report_problem


def statements(by, services: int) -> int:
    affected = [
        Service.objects.create(name=f"s{services}.{n}", slug=f"s{services}-{n}") for n in range(services)
    ]
    incident = report_problem(by=by, title="Slow", services=affected)
    later = timezone.now() + timedelta(hours=1)
    AffectedService.objects.filter(incident=incident, service=affected[0]).update(started_at=later)
    with CaptureQueriesContext(connection) as queries:
        decline_report(incident=incident, by=by, reason="A test")
    ended = {a.service: a for a in incident.affected_services.all()}
    assert ended[affected[0]].ended_at == later, "none ends before it began"
    assert not incident.affected_services.running().exists()
    return len(queries)


def test_as_many_for_twenty_as_for_one(commander):
    assert statements(commander, 20) == statements(commander, 1)
