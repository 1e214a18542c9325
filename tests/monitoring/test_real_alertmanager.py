"""Does what a real Alertmanager tells arrive once, by each of its addresses, while our own processes are killed?"""

import pytest

from alerts.models import Alert, AlertState
from incidents.models import Incident, Service
from integrations.models import Payload, PayloadState
from tests.faults.conftest import until, works

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 60  # seconds, on a machine that is busy
ADDRESSES = {"Webhook", "PagerDuty", "Opsgenie", "Jira Service Management"}


def by_address(**of) -> set[str]:
    return set(Alert.objects.filter(**of).values_list("integration__name", flat=True))


def test_it_fires_resolves_and_fires_again(allclear, monitoring, gauge, receivers):
    checkout = Service.objects.create(name="Checkout", slug="checkout")
    allclear.start("web", "worker-1")
    monitoring.start(receivers(checkout))
    assert until(works, seconds=WITHIN)
    assert until(lambda: monitoring.query("orders_failing"), seconds=WITHIN)

    gauge.set(a=1, b=1)
    assert until(lambda: by_address(state=AlertState.FIRING) == ADDRESSES, seconds=WITHIN)
    assert until(lambda: Alert.objects.filter(integration__name="Webhook").count() == 2, seconds=WITHIN)
    assert set(Alert.objects.filter(integration__name="Webhook").values_list("severity", "service")) == {
        ("critical", checkout.pk)
    }

    # It is told again every few seconds; then it ends while nobody listens and nobody reads.
    assert until(lambda: Payload.objects.filter(integration__name="Webhook").count() >= 3, seconds=WITHIN)
    allclear.kill("worker-1")
    allclear.kill("web")
    gauge.set(a=0, b=0)
    assert until(lambda: not monitoring.query("ALERTS"), seconds=WITHIN)
    allclear.start("web")
    assert until(
        lambda: {*Payload.objects.waiting().values_list("integration__name", flat=True)} == ADDRESSES,
        seconds=WITHIN,
    )
    allclear.start("worker-1")
    assert until(lambda: not Alert.objects.open().exists(), seconds=WITHIN)

    # One instance fires again: the same alert, once more.
    gauge.set(a=1)
    again = {"integration__name": "Webhook", "labels__instance": "a"}
    assert until(lambda: Alert.objects.filter(state=AlertState.FIRING, **again).exists(), seconds=WITHIN)
    assert Alert.objects.get(**again).occurrences == 2
    assert Alert.objects.get(integration__name="Webhook", labels__instance="b").occurrences == 1
    assert until(lambda: by_address(state=AlertState.FIRING) == ADDRESSES, seconds=WITHIN)

    # Nothing was lost, nothing was taken twice, and all of it is one incident.
    incident = Incident.objects.get()
    assert incident.source == Incident.Source.ALERT
    assert set(Alert.objects.values_list("incident", flat=True)) == {incident.pk}
    assert Alert.objects.filter(integration__name="Webhook").count() == 2
    assert until(lambda: not Payload.objects.waiting().exists(), seconds=WITHIN)
    assert not Payload.objects.exclude(state=PayloadState.PROCESSED).exists()
    assert not allclear.ended()
