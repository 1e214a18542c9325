"""Is a target called at most once, whatever it and the workers do, and is what is not known said so?"""

import gzip
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook

from automations.models import Automation, AutomationRun
from automations.targets import client
from automations.targets.client import call
from automations.targets.outcomes import Answer
from automations.targets.request import Request
from automations.workflow import repeat_run, run_automation
from automations.workflow.calling import (
    LOST_AFTER,
    call_waiting_targets,
    end_overdue,
    next_call_at,
    next_end_at,
    note_answer,
)
from incidents.models import Incident
from notifications.models import OutboxMessage
from notifications.workflow import expand_next_event
from tests.automations.conftest import work
from tests.notifications.test_guard import BAD


def request(target, **said) -> Request:
    return Request(**{"method": "POST", "url": target.url, "content": "json", "body": {"a": "é"}} | said)


def test_an_answer(target):
    target.status, target.body = 201, "schön\x00".encode()
    found = call(request(target))
    assert (found.state, found.status, found.text, found.problem) == ("accepted", 201, "schön", "")
    assert target.requests[0].body == '{"a": "é"}'


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "accepted"), (204, "accepted"), (301, "rejected"), (302, "unknown"), (303, "unknown"),
        (307, "rejected"), (308, "rejected"), (400, "rejected"), (401, "rejected"), (404, "rejected"),
        (409, "rejected"), (422, "rejected"), (429, "rejected"), (500, "unknown"), (501, "rejected"),
        (502, "unknown"), (503, "unknown"), (504, "unknown"),
    ],
)  # fmt: skip
def test_what_a_status_says(target, status, state):
    target.status = status
    found = call(request(target))
    assert (found.state, found.status, len(target.requests)) == (state, status, 1)
    assert bool(found.problem) == (state != "accepted")


def test_a_redirect_is_not_followed(target, targets):
    other = targets()
    target.status, target.headers = 307, {"Location": other.url}
    assert "not followed" in call(request(target)).problem
    assert other.requests == []


def test_one_that_hangs_may_have_run(target, monkeypatch):
    monkeypatch.setattr(client, "SILENCE", 0.3)
    target.hang = 1.5
    found = call(request(target))
    assert (found.state, found.status) == ("unknown", None)
    assert "it may have run" in found.problem


def test_one_that_drips_is_cut(target, monkeypatch):
    monkeypatch.setattr(client, "ALTOGETHER", 0.8)
    target.body, target.drip, target.status = b"x" * 1000, 0.05, 202
    begun = time.monotonic()
    found = call(request(target))
    assert (found.state, found.status) == ("accepted", 202)
    assert time.monotonic() - begun < 3


def test_one_that_closes_the_connection_may_have_run(target):
    target.dies = True
    assert call(request(target)).state == "unknown"


def test_a_huge_answer_is_not_read(target):
    target.status, target.body = 200, b"x" * 20_000_000
    found = call(request(target))
    assert (found.state, len(found.text)) == ("accepted", 2000)


def test_an_answer_that_lies_about_its_length(target):
    target.status, target.body, target.length = 200, b"short", 5000
    found = call(request(target))
    assert (found.state, found.text) == ("accepted", "short")


def test_a_packed_answer_is_not_unpacked(target):
    target.status, target.headers = 200, {"Content-Encoding": "gzip"}
    target.body = gzip.compress(b"x" * 10_000_000)
    assert call(request(target)).text == ""


def test_nothing_was_sent_where_nobody_listens(target):
    target.close()
    found = call(request(target))
    assert found.state == "not_sent"
    assert "Nothing was sent" in found.problem


@pytest.mark.parametrize("address", BAD)
def test_no_private_address_is_called(settings, target, address):
    settings.OUTBOUND_ALLOW = []
    host = f"[{address}]" if ":" in address else address
    found = call(request(target, url=f"http://{host}:{target.port}/run"))
    assert found.state == "not_sent"
    assert target.requests == []


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "[::ffff:127.0.0.1]"]
)
def test_no_spelling_reaches_this_machine(settings, target, spelling):
    settings.OUTBOUND_ALLOW = []
    assert call(request(target, url=f"http://{spelling}:{target.port}/run")).state == "not_sent"
    assert target.requests == []


@pytest.mark.parametrize(
    ("said", "header", "value"),
    [
        ({"sign_in": "bearer", "secret": "token-1"}, "Authorization", "Bearer token-1"),
        ({"sign_in": "basic", "user_name": "ada", "secret": "x:é"}, "Authorization", "Basic YWRhOng6w6k="),
        ({"headers": {"PRIVATE-TOKEN": "token-1"}, "secret": "token-1"}, "Private-Token", "token-1"),
    ],
)
def test_the_secret_is_sent_and_never_shown(target, said, header, value):
    target.status, target.body = 200, f"you sent {value}".encode()
    found = call(request(target, **said))
    sent = {name.lower(): told for name, told in target.requests[0].headers.items()}
    assert sent[header.lower()] == value
    assert said["secret"] not in found.text
    assert "[secret]" in found.text


def test_forms_addresses_and_nothing(target):
    call(request(target, content="form", body={"a b": "c&d", "n": 1, "yes": True}))
    call(request(target, content="query", body={"a b": "c&d", "n": 1, "yes": True}))
    call(request(target, content="none", body={}, method="DELETE"))
    form, query, none = target.requests
    assert form.body == "a+b=c%26d&n=1&yes=true"
    assert query.path == "/run?a+b=c%26d&n=1&yes=true"
    assert (none.method, none.body) == ("DELETE", "")


def test_a_webhook_is_signed_and_keeps_its_id_when_run_again(add, hit, commander, target):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    target.status = 502
    first = run_automation(automation=add(sign_in="signature", secret=secret), incident=hit, by=commander)
    work()
    first.refresh_from_db()
    repeat_run(run=first, by=commander)
    work()
    ids = [one.headers["webhook-id"] for one in target.requests]
    assert ids[0] == ids[1]
    for one in target.requests:
        assert Webhook(secret).verify(one.body, one.headers) == {"ref": "main"}


def test_a_worker_killed_between_claim_and_answer(automation, hit, commander, target):
    """The claim is committed before the call: nobody calls again, and a person is told that it may have run."""
    started = run_automation(automation=automation, incident=hit, by=commander)
    while expand_next_event():
        pass
    AutomationRun.objects.filter(pk=started.pk).update(state="calling", called_at=timezone.now())
    work()
    assert target.requests == []
    end_overdue()
    started.refresh_from_db()
    assert started.state == "calling"
    end_overdue(timezone.now() + LOST_AFTER + timedelta(seconds=1))
    started.refresh_from_db()
    assert started.state == "unknown"
    assert "it may have run" in started.problem
    work()
    assert target.requests == []
    late = Answer("accepted", status=204, took=40.0)
    assert note_answer(started.pk, late)
    assert not note_answer(started.pk, late)
    started.refresh_from_db()
    assert started.state == "accepted"


@pytest.mark.django_db(transaction=True)
def test_two_workers_call_once(add, hit, commander, target):
    target.hang = 0.3
    for n in range(3):
        run_automation(automation=add(name=f"Step {n}"), incident=hit, by=commander)
    while expand_next_event():
        pass

    def worker() -> None:
        call_waiting_targets()
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(target.requests) == 3
    assert set(AutomationRun.objects.values_list("state", flat=True)) == {"accepted"}


@pytest.mark.django_db(transaction=True)
def test_one_that_hangs_delays_nobody(add, hit, commander, target, targets, monkeypatch):
    monkeypatch.setattr(client, "SILENCE", 4.0)
    hanging = targets()
    hanging.hang = 6.0
    for n in range(5):
        run_automation(automation=add(name=f"Hangs {n}", url=hanging.url), incident=hit, by=commander)
    while expand_next_event():
        pass

    def worker() -> None:
        call_waiting_targets()
        connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    time.sleep(0.5)
    begun = time.monotonic()
    quick = run_automation(automation=add(), incident=hit, by=commander)
    while expand_next_event():
        pass
    while not AutomationRun.objects.filter(pk=quick.pk, state="accepted").exists():
        assert time.monotonic() - begun < 3
        time.sleep(0.05)
    thread.join(30)
    assert set(AutomationRun.objects.exclude(pk=quick.pk).values_list("state", flat=True)) == {"unknown"}
    assert len(hanging.requests) == 5
    assert next_call_at() is None


def test_a_replayed_start_calls_nobody(automation, hit, commander, target):
    run_automation(automation=automation, incident=hit, by=commander)
    for message in OutboxMessage.objects.filter(topic="automation.started"):
        message.payload["source"] = "replay"
        message.save()
    work()
    assert target.requests == []


def test_what_no_worker_took_in_five_minutes_is_not_called_any_more(automation, hit, commander, target):
    started = run_automation(automation=automation, incident=hit, by=commander)
    assert next_end_at() == started.pressed_at + timedelta(minutes=5)
    while expand_next_event():
        pass
    Automation.objects.update(changed_at=timezone.now() - timedelta(minutes=7))
    AutomationRun.objects.update(pressed_at=timezone.now() - timedelta(minutes=6))
    call_waiting_targets()
    started.refresh_from_db()
    assert (started.state, started.called_at, target.requests) == ("not_sent", None, [])
    assert "within 5 minutes" in started.problem


def test_what_was_never_queued_ends_as_well(automation, hit, commander, target):
    started = run_automation(automation=automation, incident=hit, by=commander)
    end_overdue(timezone.now() + timedelta(minutes=6))
    started.refresh_from_db()
    assert started.state == "not_sent"
    work()
    assert target.requests == []


def test_nothing_is_called_for_an_incident_closed_meanwhile(automation, hit, commander, target):
    started = run_automation(automation=automation, incident=hit, by=commander)
    Incident.objects.filter(pk=hit.pk).update(status="closed")
    work()
    started.refresh_from_db()
    assert (started.state, target.requests) == ("not_sent", [])


def test_an_answer_that_breaks_the_protocol_was_an_answer(target):
    """It got the request: to say that nothing was sent would have people run it twice."""
    target.body, target.length = b"done", "1, 2"
    found = call(request(target))
    assert (found.state, len(target.requests)) == ("unknown", 1)
    assert "it may have run" in found.problem


def test_an_answer_repeats_no_secret_in_any_spelling(target):
    secret = "a/b+c é&d=<e>"
    spellings = [
        secret, "a\\/b+c \\u00e9&d=<e>", "a\\/b+c é&d=<e>", "a/b+c é\\u0026d=\\u003ce\\u003e", "a%2Fb%2Bc+%C3%A9%26d%3D%3Ce%3E",
        "a%2fb%2bc%20%c3%a9%26d%3d%3ce%3e", "a/b+c é&amp;d=&lt;e&gt;",
    ]  # fmt: skip
    target.status, target.body = 200, " | ".join(spellings).encode()
    found = call(request(target, content="form", body={"token": secret}, secret=secret))
    assert found.text == " | ".join(["[secret]"] * len(spellings))


def test_an_answer_does_not_repeat_the_hidden_part_of_the_address(target):
    """Pages show an address without it, as it may be a secret: https://hooks.example.org/services/T0/B0/x."""
    target.status = 404
    target.body = b"Cannot POST /run/T0/B0xYh3kLm9Qp?key=k3y%2F1. There is no B0xYh3kLm9Qp, nor k3y/1."
    found = call(request(target, url=f"{target.url}/T0/B0xYh3kLm9Qp?key=k3y%2F1"))
    assert found.text == "Cannot POST [hidden]. There is no [hidden], nor [hidden]."
