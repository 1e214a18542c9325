"""Does a real Alertmanager keep alerts quiet as people here want it, and is what was silenced there shown?"""

import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from alerts.models import Alert, Silence
from alerts.observed import Observed, Parsed, Told
from alerts.workflow import attach_alert, end_alert_silence, silence_alert, take_in
from incidents.workflow import mitigate_incident, resolve_incident
from integrations.models import Integration
from integrations.workflow import change_integration, create_integration
from integrations.workflow.silences import keep_due_silences
from signals.workflow import add_data_source
from tests.faults.conftest import until

WITHIN = 60  # seconds, on a machine that is busy


class Api:
    def __init__(self, url: str) -> None:
        self.url = f"{url}/api/v2"

    def __call__(self, path: str, sent=None, method: str | None = None):
        data = None if sent is None else json.dumps(sent).encode()
        asked = urllib.request.Request(
            f"{self.url}/{path}", data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return json.loads(answer.read() or b"null")
        except OSError:
            return None

    def fire(self, **labels: str) -> None:
        self("alerts", [{"labels": labels, "endsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}])

    def end(self, **labels: str) -> None:
        self("alerts", [{"labels": labels, "endsAt": datetime.now(UTC).isoformat()}])

    def state(self, name: str) -> str:
        found = {one["labels"]["alertname"]: one["status"]["state"] for one in self("alerts") or []}
        return found.get(name, "gone")

    def in_force(self) -> list[dict]:
        return [one for one in self("silences") or [] if one["status"]["state"] == "active"]


@pytest.fixture
def api(monitoring, settings, monkeypatch):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monitoring.start([{"name": "nobody"}])
    found = Api(f"http://127.0.0.1:{monitoring.alertmanager}")
    assert until(lambda: found("status"), seconds=WITHIN)
    return found


@pytest.fixture
def alert(db, admin, api):
    """One that fires there and is known here."""
    source = add_data_source(by=admin, name="Alertmanager", kind="alertmanager", url=api.url)
    made = create_integration(by=admin, kind="alertmanager", name="Monitoring")[0]
    change_integration(by=admin, integration=made, silenced_in=source)
    labels = {"alertname": "DiskFull", "path": 'C:\\data "x"'}
    api.fire(**labels)
    assert until(lambda: api.state("DiskFull") == "active", seconds=WITHIN)
    told = Observed(
        dedup_key=api("alerts")[0]["fingerprint"],
        state=Told.FIRING,
        title="Disk is full",
        labels=labels,
        at=datetime.now(UTC),
    )
    take_in(integration=made, parsed=Parsed((told,)), received_at=datetime.now(UTC), by=made.account)
    return Alert.objects.get()


def work(**later) -> None:
    """A worker's turn, some time later."""
    Integration.objects.update(quiet_asked_at=None)
    keep_due_silences(datetime.now(UTC) + timedelta(**later))


def test_a_silence_from_here(alert, api, responder):
    made = silence_alert(
        alert=alert, by=responder, until=datetime.now(UTC) + timedelta(hours=3), comment="New disk ordered"
    )
    work()
    (there,) = api.in_force()
    assert (there["createdBy"], there["comment"].split(" http")[0]) == (str(responder), "New disk ordered")
    assert until(lambda: api.state("DiskFull") == "suppressed", seconds=WITHIN)
    work(minutes=1)
    alert.refresh_from_db()
    assert (alert.quiet_since is not None, alert.state) == (True, "acknowledged")
    assert alert.quiet_until == made.until.replace(microsecond=alert.quiet_until.microsecond)
    end_alert_silence(silence=made, by=responder)
    work(minutes=2)
    assert api.in_force() == []
    assert until(lambda: api.state("DiskFull") == "active", seconds=WITHIN)


def test_a_lost_answer_makes_no_second_silence(alert, api, responder):
    made = silence_alert(alert=alert, by=responder, until=datetime.now(UTC) + timedelta(hours=3))
    work()
    Silence.objects.update(remote_id="", remote_until=None)
    work(minutes=1)
    made.refresh_from_db()
    assert [one["id"] for one in api.in_force()] == [made.remote_id]


def test_a_silence_that_ends_with_its_incident(alert, api, incident, responder, commander):
    attach_alert(alert=alert, incident=incident, by=responder)
    made = silence_alert(alert=alert, by=responder)
    work()
    (before,) = api.in_force()
    work(minutes=90)
    (after,) = api.in_force()  # made longer
    assert after["id"] == before["id"]
    assert after["endsAt"] > before["endsAt"]
    incident.refresh_from_db()
    incident = mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=incident, by=commander, waive_reason="Seen by hand")
    work(minutes=92)
    made.refresh_from_db()
    assert (made.end_reason, api.in_force()) == ("incident", [])


def test_what_is_done_there_is_seen_here(alert, api, responder):
    starts, ends = datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1)
    matchers = [{"name": "alertname", "value": "DiskFull", "isRegex": False, "isEqual": True}]
    theirs = {
        "matchers": matchers,
        "startsAt": starts.isoformat(),
        "endsAt": ends.isoformat(),
        "createdBy": "anna",
    }
    api("silences", theirs | {"comment": "Moving it"})
    assert until(lambda: api.state("DiskFull") == "suppressed", seconds=WITHIN)
    work()
    alert.refresh_from_db()
    assert alert.quiet_reason == "Silenced by anna: Moving it"
    api.end(**alert.labels)  # Alertmanager tells nobody that a silenced alert is over
    assert until(lambda: api.state("DiskFull") == "gone", seconds=WITHIN)
    work(minutes=1)
    alert.refresh_from_db()
    assert (alert.state, alert.quiet_since) == ("resolved", None)


def test_a_silence_that_somebody_ended_there(alert, api, responder):
    made = silence_alert(alert=alert, by=responder, until=datetime.now(UTC) + timedelta(hours=3))
    work()
    made.refresh_from_db()
    api(f"silence/{made.remote_id}", method="DELETE")
    work(minutes=1)
    made.refresh_from_db()
    assert (made.end_reason, api.in_force()) == ("there", [])
