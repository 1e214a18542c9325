"""Do verbs about alerts and incidents wait for each other, in place of ending each other?"""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alerts.models import Alert
from alerts.observed import Parsed
from alerts.workflow import acknowledge_alerts, attach_alert, end_alert_silence, silence_alert, take_in
from alerts.workflow.acting import lock_alert
from incidents.workflow.transitions import audit, lock_row
from integrations.models import Integration
from integrations.workflow import change_integration, create_integration
from integrations.workflow.silences import keep_due_silences
from signals.workflow import add_data_source
from tests.alerts.conftest import firing, minute

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def integration(admin, settings):
    settings.OUTBOUND_ALLOW = []
    source = add_data_source(by=admin, name="Alertmanager", kind="alertmanager", url="http://127.0.0.1:9")
    made = create_integration(by=admin, kind="alertmanager", name="Monitoring")[0]
    return change_integration(by=admin, integration=made, silenced_in=source)


@pytest.fixture
def alerts(tell):
    tell(*(firing(key, labels={"alertname": key}) for key in ("one", "two")))
    return list(Alert.objects.order_by("pk"))


def until_it_waits() -> None:
    """For a lock, in another connection."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("nothing waits")


def at_once(first, other, then) -> None:
    """`first` in a transaction; then `other` beside it until it waits; then `then` in the same transaction."""
    faults = []

    def run() -> None:
        try:
            other()
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        until_it_waits()
        then()
    thread.join()
    assert faults == []


def test_silencing_and_a_verb_of_its_incident(alerts, incident, responder):
    attach_alert(alert=alerts[0], incident=incident, by=responder)
    at_once(
        lambda: lock_row(incident),
        lambda: silence_alert(alert=alerts[0], by=responder),
        lambda: audit(incident, "incident.changed", responder),
    )


def test_a_silence_that_ends_by_itself_and_by_a_person(alerts, responder):
    made = silence_alert(alert=alerts[0], by=responder, until=timezone.now() + HOUR)
    Integration.objects.update(quiet_asked_at=timezone.now() + 24 * HOUR)
    at_once(
        lambda: lock_alert(alerts[0], responder),
        lambda: keep_due_silences(timezone.now() + 2 * HOUR),
        lambda: end_alert_silence(silence=made, by=responder),
    )


@pytest.mark.parametrize("closed", [False, True])
def test_a_payload_and_the_acknowledgement_of_its_alerts(alerts, integration, responder, closed):
    """The payload names them in another order."""
    told = [firing("two", 1, group_key="g"), firing("one", 1, group_key="g")]
    if closed:
        take_in(integration=integration, parsed=Parsed(tuple(told)), received_at=minute(1), by=responder)
        parsed = Parsed(closed_groups=("g",))
        Alert.objects.filter(pk=alerts[1].pk).update(last_seen_at=minute(2))
    else:
        parsed = Parsed(tuple(told))
    at_once(
        lambda: lock_alert(alerts[0], responder),
        lambda: take_in(integration=integration, parsed=parsed, received_at=minute(3), by=responder),
        lambda: acknowledge_alerts(alerts=alerts, by=responder),
    )
