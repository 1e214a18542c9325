"""Does a signal of a real Prometheus verify recovery by itself, and is the chart there once Prometheus is gone?"""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import CheckState, Incident, Service
from incidents.workflow import declare_incident, mitigate_incident
from signals.models import SignalCheck
from signals.workflow import add_data_source, add_signal, check_by_signal
from tests.faults.conftest import until, works

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 90  # seconds, on a machine that is busy


@pytest.fixture
def signal(admin, monitoring):
    source = add_data_source(
        by=admin, name="Prometheus", kind="prometheus", url=f"http://127.0.0.1:{monitoring.prometheus}"
    )
    service = Service.objects.create(name="Checkout", slug="checkout")
    return add_signal(
        by=admin,
        name="Failing orders",
        service=service,
        source=source,
        query="sum(orders_failing)",
        range_kind="fixed",
        high=0,
    )


@pytest.fixture
def mitigated(signal, commander, severity) -> Incident:
    """Twenty minutes ago. Orders failed until a quarter of an hour ago."""
    begun = timezone.now() - timedelta(minutes=40)
    incident = declare_incident(
        by=commander,
        title="Orders fail",
        severity=severity(2),
        services=[signal.service],
        impact_started_at=begun,
    )
    Incident.objects.filter(pk=incident.pk).update(declared_at=begun)
    incident.refresh_from_db()
    return mitigate_incident(incident=incident, by=commander, at=begun + timedelta(minutes=20))


def test_it_passes_and_its_chart_stays(allclear, monitoring, mitigated, signal, commander, client, settings):
    settings.MEDIA_ROOT = allclear.folder / "uploads"  # where the worker keeps files
    now = int(time.time())
    monitoring.remember({second: int(second < now - 15 * 60) for second in range(now - 45 * 60, now, 15)})
    monitoring.start([{"name": "nobody"}])
    assert until(lambda: monitoring.query("orders_failing"), seconds=WITHIN)
    check = check_by_signal(incident=mitigated, signal=signal, by=commander, minutes=10)
    allclear.start("worker-1")
    assert until(works, seconds=WITHIN)
    assert until(
        lambda: SignalCheck.objects.get(pk=check.pk).check_row.state == CheckState.PASSED, seconds=WITHIN
    )
    monitoring.stop("prometheus")

    check = SignalCheck.objects.select_related("check_row", "proof").get(pk=check.pk)
    assert check.check_row.settled_by is None
    assert "0, normal since" in check.check_row.result
    client.force_login(commander)
    kept = client.get(f"{mitigated.get_absolute_url()}evidence/{check.proof.pk}/file/")
    assert kept.status_code == 200
    assert b"<svg" in b"".join(kept.streaming_content)
