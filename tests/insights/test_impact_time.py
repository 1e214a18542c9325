"""Is impact time the union of when its services were affected, however these lie, also while one still is?"""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents.models import AffectedService, Incident, Service
from insights.cells import cells
from insights.cohort import Scope
from insights.cost_queries import Rates, spending
from insights.definitions import BY_KEY
from retros.measures import Interval, union

BEGAN = datetime(2026, 3, 9, tzinfo=UTC)
NOW = BEGAN + timedelta(minutes=300)
affected = st.tuples(st.integers(0, 280), st.none() | st.integers(0, 100))  # minutes: from, for how long


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(times=st.lists(affected, min_size=1, max_size=5))
@example(times=[(0, 10), (5, 20)])
@example(times=[(0, 10), (50, 20), (60, None)])
@example(times=[(0, 10), (10, 5), (3, 4)])
def test_as_by_hand(past, times):
    incident = Incident.objects.first() or past(at=BEGAN, resolved=299)
    incident.affected_services.all().delete()
    found = []
    for n, (first, length) in enumerate(times):
        service, _ = Service.objects.get_or_create(name=f"mail {n}", slug=f"mail-{n}")
        began = BEGAN + timedelta(minutes=first)
        ended = None if length is None else began + timedelta(minutes=length)
        AffectedService.objects.create(
            incident=incident, service=service, impact="degraded", started_at=began, ended_at=ended
        )
        found.append(Interval(service.name, "degraded", began, ended or NOW))
    scope = Scope(Incident.objects.all(), now=NOW)
    spent = spending(scope, Rates.get())
    assert round(spent.impact.whole) == union(found).total_seconds()
    told = cells(scope, [BY_KEY["impact_time"]])[""]["impact_time"]
    assert (told.mean or 0) == spent.impact.whole
