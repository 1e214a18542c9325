"""Is silence an alert, once, until a heartbeat is heard again?"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from alerts.models import Alert, AlertState
from incidents.models import Incident, Service
from integrations.models import USUAL_SILENCE, Integration, Payload, PayloadState
from integrations.tasks import next_silence_at
from integrations.workflow import change_integration, pause_integration, send_test, tell_silences

pytestmark = pytest.mark.django_db


@pytest.fixture
def backup(made):
    service = Service.objects.create(name="Backups", slug="backups")
    return made("heartbeat", "Nightly backup", service=service, expected_every=5)


@pytest.fixture
def beat(backup, send, work):
    """`beat(minutes)` is a heartbeat that came that long ago."""

    def run(minutes: int = 0, body: bytes = b"") -> Payload:
        integration, key = backup
        assert send("/hooks/", body, key).status_code == 202
        at = timezone.now() - timedelta(minutes=minutes)
        Integration.objects.filter(pk=integration.pk).update(last_received_at=at)
        return work()

    return run


def test_silence_is_an_alert_and_a_suspected_incident(beat, backup):
    beat(minutes=6)
    assert tell_silences(now=timezone.now()) == 1
    alert = Alert.objects.get()
    assert (alert.title, alert.state, alert.severity) == (
        "Nothing heard from Nightly backup for 5 minutes",
        AlertState.FIRING,
        "critical",
    )
    assert alert.service.slug == "backups"
    assert abs(alert.started_at - (timezone.now() - timedelta(minutes=1))) < timedelta(seconds=30)
    assert Incident.objects.get().title == alert.title


def test_it_is_told_once(beat):
    beat(minutes=6)
    now = timezone.now()
    assert [tell_silences(now=now + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert Alert.objects.get().occurrences == 1


def test_the_next_heartbeat_resolves_it_and_another_silence_fires_again(beat):
    beat(minutes=6)
    tell_silences(now=timezone.now())
    assert beat().outcome == "Heartbeat"
    assert Alert.objects.get().state == AlertState.RESOLVED
    assert tell_silences(now=timezone.now() + timedelta(minutes=6)) == 1
    alert = Alert.objects.get()
    assert (alert.state, alert.occurrences) == (AlertState.FIRING, 2)


def test_nothing_is_due_before_the_first_one(backup):
    assert tell_silences(now=timezone.now() + timedelta(days=30)) == 0
    assert next_silence_at() is None


def test_the_worker_looks_when_the_next_is_overdue(beat):
    beat(minutes=2)
    assert abs(next_silence_at() - (timezone.now() + timedelta(minutes=3))) < timedelta(seconds=30)
    assert tell_silences(now=timezone.now()) == 0
    tell_silences(now=timezone.now() + timedelta(minutes=4))
    assert next_silence_at() is None


def test_a_paused_one_tells_nothing(beat, backup, admin):
    beat(minutes=60)
    pause_integration(by=admin, integration=backup[0])
    assert tell_silences(now=timezone.now()) == 0


def test_a_test_is_no_heartbeat(backup, admin, work):
    integration, _key = backup
    send_test(by=admin, integration=integration)
    work()
    integration.refresh_from_db()
    assert integration.last_received_at is None


@pytest.mark.parametrize("body", [b"", b"done", b"{", b"\xff\xfe", b"[" * 10_000])
def test_any_body_is_a_heartbeat(beat, body):
    assert beat(body=body).state == PayloadState.PROCESSED
    assert not Alert.objects.exists()


@pytest.mark.parametrize("before", ["", "jsm/ops/integration/"])
def test_it_is_pinged_as_at_opsgenie(client, backup, made, before):
    integration, own = backup
    _, key = made("opsgenie", "Opsgenie")
    _, other = made("heartbeat", "Another")
    path = f"/{before}v2/heartbeats/nightly%20backup/ping"
    for token in (key, own):
        answer = client.post(path, headers={"Authorization": f"GenieKey {token}"})
        assert (answer.status_code, answer.json()["result"]) == (202, "PONG - Heartbeat received")
    assert client.get(path, headers={"Authorization": f"GenieKey {key}"}).status_code == 202
    assert client.post(path, headers={"Authorization": f"GenieKey {other}"}).status_code == 404
    assert client.post(path).status_code == 401
    unknown = client.post(path.replace("nightly", "x"), headers={"Authorization": f"GenieKey {key}"})
    assert unknown.status_code == 404
    assert integration.payloads.count() == 3


def test_how_often_is_asked_of_heartbeats_only(made, admin):
    integration, _ = made("heartbeat", "Plain")
    assert integration.expected_every == USUAL_SILENCE
    assert change_integration(by=admin, integration=integration, expected_every=60).expected_every == 60
    with pytest.raises(ValidationError, match="expected_every"):
        change_integration(by=admin, integration=integration, expected_every=0)
    other, _ = made("generic", "Generic")
    with pytest.raises(ValidationError, match="Only a heartbeat"):
        change_integration(by=admin, integration=other, expected_every=5)
    with pytest.raises(ValidationError, match="Only a heartbeat"):
        made("generic", "Another", expected_every=5)


def test_an_administrator_makes_and_changes_one(as_admin):
    page = as_admin.post(
        "/settings/integrations/new/",
        {"kind": "heartbeat", "name": "Backup", "opens": "critical", "expected_every": "15"},
    ).content.decode()
    assert "Every 15 minutes, once it has been heard" in page
    made = Integration.objects.get()
    edit = f"/settings/integrations/{made.pk}/edit/"
    said = {"name": "Backup", "opens": "critical"}
    refused = as_admin.post(edit, said | {"expected_every": "0"}).content.decode()
    assert "Ensure this value is greater than or equal to 1." in refused
    as_admin.post(edit, said | {"expected_every": "30"})
    assert Integration.objects.get().expected_every == 30


def test_the_field_is_no_matter_of_other_senders(as_admin):
    form = {"kind": "generic", "name": "Other", "opens": "critical", "expected_every": "nonsense"}
    as_admin.post("/settings/integrations/new/", form)
    assert Integration.objects.get().expected_every is None
