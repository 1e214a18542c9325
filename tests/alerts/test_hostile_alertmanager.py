"""Can an Alertmanager that lies, or answers anything, stop the silences of another, or undo what came later?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import Alert
from alerts.workflow import silence_alert
from integrations.models import Integration
from integrations.workflow import change_integration, create_integration, silences
from integrations.workflow.silences import MOST_ASKED, keep_due_silences
from signals.models import DataSource
from signals.workflow import add_data_source
from tests.alerts.conftest import firing
from tests.signals.conftest import FakePrometheus

LATER = timedelta(days=1)


class Lying(FakePrometheus):
    """`told[(start of the path)]` is what it answers there, or what a function answers; elsewhere nothing is known."""

    told: dict

    def body_for(self, path, asked):
        for start, answer in self.told.items():
            if path.removeprefix("/api/v2/").startswith(start):
                self.answer = answer() if callable(answer) else answer
                return super().body_for(path, asked)
        self.answer = []
        return super().body_for(path, asked)


@pytest.fixture
def alertmanager(monkeypatch, settings):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    made = Lying()
    made.told = {}
    yield made
    made.close()


@pytest.fixture
def integration(admin, alertmanager):
    source = add_data_source(by=admin, name="Alertmanager", kind="alertmanager", url=alertmanager.url)
    made = create_integration(by=admin, kind="alertmanager", name="Monitoring")[0]
    return change_integration(by=admin, integration=made, silenced_in=source)


@pytest.fixture
def alert(tell):
    tell(firing(labels={"alertname": "DiskFull", "instance": "db-1"}))
    return Alert.objects.get()


def suppressed(fingerprint, *silences):
    return {"fingerprint": fingerprint, "status": {"silencedBy": list(silences), "inhibitedBy": []}}


def silence(pk, **said):
    now = timezone.now()
    told = {"id": pk, "startsAt": now.isoformat(), "endsAt": (now + LATER).isoformat(), "matchers": []}
    return told | {"status": {"state": "active"}} | said


@pytest.mark.parametrize("fingerprint", ["a\0b", "\ud800", "x" * 100_000])
def test_a_fingerprint_that_is_none_is_left_out(alert, alertmanager, fingerprint):
    alertmanager.told = {"alerts": [suppressed(fingerprint, "s"), suppressed(alert.dedup_key, "s")]}
    assert keep_due_silences()
    alert.refresh_from_db()
    assert alert.quiet_since
    assert DataSource.objects.get().problem == ""


@pytest.mark.parametrize("pk", ["a\0b", "\ud800", "x" * 65, ""])
def test_an_id_that_is_none_is_not_stored(alert, responder, alertmanager, pk):
    made = silence_alert(alert=alert, by=responder, until=timezone.now() + timedelta(hours=1))
    Integration.objects.update(quiet_asked_at=timezone.now() + LATER)
    alertmanager.told = {"silences": {"silenceID": pk}}
    keep_due_silences()
    made.refresh_from_db()
    assert (made.remote_id, made.problem) == ("", "The answer names no silence.")
    alertmanager.told = {"silences": {"silenceID": "known"}, "silence/": lambda: silence(pk)}
    for minutes in (5, 10):
        keep_due_silences(timezone.now() + timedelta(minutes=minutes))
    made.refresh_from_db()
    assert made.remote_id == "known"


def test_few_details_are_asked_for_however_many_silences_are_named(alert, alertmanager):
    rows = [suppressed(f"f{n}", *(f"s{n}-{m}" for m in range(20))) for n in range(10)]
    alertmanager.told = {"alerts": rows, "silence/": {}}  # none is known
    keep_due_silences()
    assert len(alertmanager.requests) <= MOST_ASKED + 1


def test_what_fires_while_it_answers_is_not_resolved(alert, alertmanager):
    """It answers after a while that nothing fires; a new occurrence came in between."""
    alertmanager.hang = 0.5
    told_at = timezone.now() + timedelta(milliseconds=300)
    Alert.objects.update(quiet_since=timezone.now(), told_at=told_at)
    keep_due_silences()
    alert.refresh_from_db()
    assert alert.state == "firing"


def test_one_that_answers_slowly_is_left_after_a_while(alert, alertmanager, monkeypatch):
    monkeypatch.setattr(silences, "A_TURN", 0.5)
    alertmanager.hang = 0.2
    rows = [suppressed(f"f{n}", f"s{n}") for n in range(10)]
    alertmanager.told = {"alerts": rows}
    keep_due_silences()
    assert len(alertmanager.requests) < 6
