"""Does a payload that cannot be taken in hold up no other, and lose none?"""

import json

import pytest

from alerts.models import Alert
from incidents.models import Incident
from integrations.models import Payload, PayloadState
from integrations.tasks import forget_old_payloads, process_waiting_payloads
from integrations.workflow import create_integration, pause_integration, receive, resume_integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def cameras(admin):
    return create_integration(by=admin, kind="generic", name="Cameras")[0]


def send(integration, **said) -> Payload:
    return receive(integration=integration, dialect=integration.kind, body=json.dumps(said).encode())


def test_one_that_waits_behind_earlier_ones_is_read_after_them(cameras):
    first, second = send(cameras, key="a", title="Door"), send(cameras, key="a", title="Door", state="ok")
    process_waiting_payloads()
    assert [Payload.objects.get(pk=one.pk).state for one in (first, second)] == ["processed"] * 2
    assert Alert.objects.get().state == "resolved"


def test_what_the_account_may_not_do_is_said(cameras):
    account = cameras.account
    account.is_active = False
    account.save()
    payload = send(cameras, key="a", title="Door", severity="critical")
    process_waiting_payloads()
    payload.refresh_from_db()
    assert payload.state == PayloadState.FAILED
    assert "may not do this" in payload.outcome
    assert not Alert.objects.exists()


def test_a_payload_that_ended_the_process_too_often_is_given_up_alone(cameras, admin):
    others = create_integration(by=admin, kind="generic", name="Doors")[0]
    bad, good = send(cameras, key="a", title="Door"), send(others, key="b", title="Window")
    Payload.objects.filter(pk=bad.pk).update(attempts=Payload.MOST_ATTEMPTS)
    process_waiting_payloads()
    assert Payload.objects.get(pk=bad.pk).outcome == "Given up after 5 attempts."
    assert Payload.objects.get(pk=good.pk).state == PayloadState.PROCESSED


def test_a_start_that_lies_ahead_is_no_hindrance(cameras):
    send(cameras, key="a", title="Door", severity="critical", started_at="2199-01-01T00:00:00Z")
    process_waiting_payloads()
    assert Incident.objects.get().title == "Door"


def test_a_huge_payload_is_refused_with_a_reason(cameras, admin):
    many = create_integration(by=admin, kind="alertmanager", name="Many")[0]
    alerts = [{"status": "firing", "fingerprint": str(n), "labels": {}} for n in range(1001)]
    payload = receive(integration=many, dialect="alertmanager", body=json.dumps({"alerts": alerts}).encode())
    process_waiting_payloads()
    payload.refresh_from_db()
    assert payload.outcome == "More than 1,000 alerts in one payload are not read."
    assert not Alert.objects.exists()


def test_keys_are_not_kept_in_what_is_stored(cameras, admin):
    _integration, key = create_integration(by=admin, kind="generic", name="Other")
    headers = {"X-Routing-Key": key, "X-Gitlab-Token": "s3cret", "X-Original-Url": f"/hooks/{key}/"}
    body = json.dumps({"routing_key": key, "title": "Door"}).encode()
    payload = receive(integration=cameras, dialect="generic", body=body, headers=headers)
    payload.refresh_from_db()
    assert key not in payload.text
    assert key not in str(payload.headers)
    assert "s3cret" not in str(payload.headers)


def test_what_came_in_the_moment_of_a_resumption_is_read(cameras, admin):
    pause_integration(by=admin, integration=cameras)
    cameras.refresh_from_db()
    resume_integration(by=admin, integration=cameras)
    payload = send(cameras, title="Door")  # the row in hand still says paused
    assert payload.state == PayloadState.PAUSED
    forget_old_payloads()
    process_waiting_payloads()
    assert Alert.objects.get().title == "Door"
