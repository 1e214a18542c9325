"""Who may keep an alert quiet, for how long, and what is left where Alertmanager does not answer?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert, AlertChange, Silence
from alerts.workflow import attach_alert, end_alert_silence, silence_alert
from incidents.models import Service
from incidents.workflow import change_visibility
from integrations.models import Integration
from integrations.workflow import change_integration, create_integration
from integrations.workflow.silences import keep_due_silences, next_silence_work_at
from signals.models import DataSource
from signals.workflow import add_data_source, add_signal
from tests.alerts.conftest import firing
from tests.signals.conftest import FakePrometheus
from timeline.models import TimelineEvent

HOUR = timedelta(hours=1)


@pytest.fixture
def alertmanager(monkeypatch, settings):
    """What stands at its address; it answers as it is told."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    made = FakePrometheus()
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


def ask(**later) -> None:
    Integration.objects.update(quiet_asked_at=timezone.now() + timedelta(days=1))
    keep_due_silences(timezone.now() + timedelta(**later))


def test_it_is_acknowledged_told_and_waits_for_a_worker(alert, incident, responder):
    attach_alert(alert=alert, incident=incident, by=responder)
    made = silence_alert(alert=alert, by=responder, labels=["alertname"], comment="Known")
    alert.refresh_from_db()
    assert (made.matchers, made.incident, made.until) == ({"alertname": "DiskFull"}, incident, None)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", responder)
    kinds = list(AlertChange.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["acknowledged", "silenced"]
    assert TimelineEvent.objects.filter(
        kind="fact", text=f"silenced “{alert.title}” until the incident is resolved"
    ).exists()
    assert next_silence_work_at() <= timezone.now()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"labels": ["colour"], "until": HOUR}, "The alert has no label “colour”."),
        ({"labels": [], "until": HOUR}, "Choose at least one label."),
        ({"until": timedelta(days=32)}, "Choose a time within the next 31 days."),
        ({"until": -HOUR}, "Choose a time within the next 31 days."),
        ({}, "Choose how long: the alert belongs to no open incident."),
        ({"until": HOUR, "comment": "x" * 301}, "Write at most 300 characters."),
    ],
)
def test_what_is_refused(alert, responder, said, fault):
    if "until" in said:
        said = said | {"until": timezone.now() + said["until"]}
    with pytest.raises(ValidationError) as refusal:
        silence_alert(alert=alert, by=responder, **said)
    assert refusal.value.messages == [fault]
    assert not Silence.objects.exists()


def test_the_same_twice_is_one(alert, responder):
    until = timezone.now() + HOUR
    silence_alert(alert=alert, by=responder, until=until)
    with pytest.raises(ValidationError, match="silenced already"):
        silence_alert(alert=alert, by=responder, until=until)


def test_where_no_alertmanager_is_named(alert, admin, responder, integration):
    change_integration(by=admin, integration=integration, silenced_in=None)
    alert.refresh_from_db()
    with pytest.raises(ValidationError, match="cannot be silenced from here"):
        silence_alert(alert=alert, by=responder, until=timezone.now() + HOUR)


def test_who_may(alert, incident, stakeholder, responder, commander):
    until = timezone.now() + HOUR
    with pytest.raises(PermissionDenied):
        silence_alert(alert=alert, by=stakeholder, until=until)
    attach_alert(alert=alert, incident=incident, by=commander)
    made = silence_alert(alert=alert, by=commander, until=until)
    change_visibility(incident=incident, by=commander, is_private=True)
    asked = [(silence_alert, {"alert": alert, "until": until}), (end_alert_silence, {"silence": made})]
    for verb, said in asked:
        with pytest.raises(Alert.DoesNotExist):
            verb(by=responder, **said)


@pytest.mark.parametrize(
    ("status", "answer", "problem"),
    [
        (500, "no", "answered 500"),
        (401, "no", "refused the sign-in (401)"),
        (302, "", "answered 302, a redirect, which is not followed"),
        (200, {"status": "success"}, "The answer names no silence."),
        (200, b"<html>", "The answer is no JSON."),
    ],
)
def test_what_went_wrong_is_said_and_tried_again(alert, responder, alertmanager, status, answer, problem):
    made = silence_alert(alert=alert, by=responder, until=timezone.now() + HOUR)
    alertmanager.status, alertmanager.answer = status, answer
    ask()
    made.refresh_from_db()
    assert (made.problem, made.failures, made.ended_at) == (problem, 1, None)
    assert made.next_at > timezone.now()


def test_what_it_refuses_is_over(alert, responder, alertmanager):
    made = silence_alert(alert=alert, by=responder, until=timezone.now() + HOUR)
    alertmanager.status, alertmanager.answer = 400, {"message": "bad matcher"}
    ask()
    made.refresh_from_db()
    assert (made.end_reason, made.problem, made.next_at) == ("refused", "bad matcher", None)


def test_what_is_quiet_is_asked_once_a_silence_is_made(alert, responder, alertmanager):
    silence_alert(alert=alert, by=responder, until=timezone.now() + HOUR)
    alertmanager.answer = {"silenceID": "one"}
    ask()
    assert Integration.objects.get().quiet_asked_at is None


def test_it_runs_out_where_nobody_could_end_it(alert, responder, alertmanager):
    made = silence_alert(alert=alert, by=responder, until=timezone.now() + HOUR)
    alertmanager.status = 500
    ask()
    end_alert_silence(silence=made, by=responder)
    ask()
    made.refresh_from_db()
    assert made.next_at is not None
    ask(minutes=61)
    Silence.objects.update(until=timezone.now() - HOUR)
    ask(minutes=90)
    made.refresh_from_db()
    assert made.next_at is None


def test_nothing_is_asked_where_nothing_fires(integration):
    assert next_silence_work_at() is None
    assert keep_due_silences() is False


def test_a_private_address_is_not_called(alert, responder, alertmanager, settings):
    settings.OUTBOUND_ALLOW = []
    made = silence_alert(alert=alert, by=responder, until=timezone.now() + HOUR)
    ask()
    made.refresh_from_db()
    assert "private address" in made.problem
    assert alertmanager.requests == []


def test_an_alertmanager_has_no_values(admin, integration):
    service = Service.objects.create(name="payments-api", slug="payments-api")
    with pytest.raises(ValidationError, match="has no values"):
        add_signal(by=admin, service=service, name="x", source=DataSource.objects.get(), query="up")


def test_only_an_alertmanager_silences(admin, integration):
    other = add_data_source(by=admin, name="Prometheus", kind="prometheus", url="https://p.example.org")
    for kind, source in (("alertmanager", other), ("generic", integration.silenced_in)):
        made = create_integration(by=admin, kind=kind, name=kind)[0]
        with pytest.raises(ValidationError):
            change_integration(by=admin, integration=made, silenced_in=source)


def test_by_the_page(client, alert, responder):
    client.force_login(responder)
    address = reverse("alert_silence", args=[alert.pk])
    page = client.get(address).content.decode()
    assert "alertname=DiskFull" in page
    assert "1 firing alert</b>" in page
    refused = client.post(address, {"lasts": "120", "comment": "Known"}).content.decode()
    assert "Choose at least one label." in refused
    assert 'value="Known"' in refused
    assert client.post(address, {"labels": ["alertname"], "lasts": "120"}).status_code == 302
    made = Silence.objects.get()
    assert round((made.until - made.made_at).total_seconds()) == 7200
    shown = client.get(alert.get_absolute_url()).content.decode()
    assert "End silence" in shown
    client.post(reverse("alert_silence_end", args=[alert.pk, made.pk]))
    made.refresh_from_db()
    assert (made.end_reason, made.ended_by) == ("person", responder)
