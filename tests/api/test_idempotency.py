"""Does a request that is sent again happen once?"""

import threading
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from api.idempotency import forget_old_answers
from api.models import KeptAnswer
from incidents.models import Incident, Participation

BODY = {"title": "Payments fail", "severity": "SEV2"}


def test_the_same_key_gives_the_same_answer(calls):
    first = calls.post("incidents", BODY, idempotency_key='"a-1"')
    again = calls.post("incidents", BODY, idempotency_key="a-1")
    assert again == first
    assert calls.status == 201
    assert calls.last["Idempotency-Replayed"] == "true"
    assert calls.last["Location"].endswith(first["reference"])
    assert Incident.objects.count() == 1


def test_another_body_with_the_key_is_refused(calls):
    calls.post("incidents", BODY, idempotency_key="a-1")
    calls.post("incidents", BODY | {"title": "Another"}, idempotency_key="a-1")
    assert calls.status == 422
    assert Incident.objects.count() == 1


def test_a_refusal_does_not_use_the_key_up(calls):
    calls.post("incidents", {"title": ""}, idempotency_key="a-1")
    assert calls.status == 422
    calls.post("incidents", BODY, idempotency_key="a-1")
    assert calls.status == 201


def test_keys_of_two_people_are_apart(api, commander, responder):
    for person in (commander, responder):
        api(person).post("incidents", BODY, idempotency_key="a-1")
    assert Incident.objects.count() == 2


@pytest.mark.parametrize("key", ["x" * 201, '""', "\x07"])
def test_impossible_keys_are_refused(calls, key):
    calls.post("incidents", BODY, idempotency_key=key)
    assert calls.status == 400


def test_answers_are_kept_for_a_day(calls):
    calls.post("incidents", BODY, idempotency_key="a-1")
    forget_old_answers()
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(created_at=timezone.now() - KeptAnswer.KEPT)
    forget_old_answers()
    assert KeptAnswer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_key_in_use_says_when_to_try_again(calls, commander):
    with connection.cursor() as cursor:
        held = f"api key:{commander.pk}:a-1"
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [held])
        client = calls
        asking = threading.Thread(
            target=lambda: (client.post("incidents", BODY, idempotency_key="a-1"), connection.close())
        )
        asking.start()
        asking.join()
        heard = [client.status, client.last.headers.get("Retry-After")]
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [held])
    assert heard == [409, "1"]


def test_a_declaration_with_its_id_is_made_once_even_without_the_key(api, commander, responder):
    declared = BODY | {"declaration_id": str(uuid4()), "detected_at": "2026-01-01T10:00:00Z"}
    calls = api(commander)
    first = calls.post("incidents", declared, idempotency_key="a-1")
    again = calls.post("incidents", declared, idempotency_key="a-2")
    assert calls.status == 201
    assert again["reference"] == first["reference"]
    assert Incident.objects.count() == 1
    other = api(responder)
    other.post("incidents", declared)
    assert other.status == 409


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_declare_one(api, commander):
    client, key = api(commander), str(uuid4())
    statuses: list[int] = []

    def declare():
        mine = type(client)(client.token)
        mine.post("incidents", BODY, idempotency_key=key)
        statuses.append(mine.status)
        connection.close()

    threads = [threading.Thread(target=declare) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Incident.objects.count() == 1
    assert set(statuses) <= {201, 409}
    assert 201 in statuses


def test_another_file_of_the_same_name_is_another_request(calls, incident):
    def attach(content: bytes) -> int:
        sent = {"kind": "log", "title": "Errors", "file": SimpleUploadedFile("errors.log", content)}
        answer = calls.client.post(
            f"/api/v1/incidents/{incident.reference}/evidence",
            sent,
            headers={"authorization": f"Bearer {calls.token}", "idempotency-key": "a-1"},
        )
        return answer.status_code

    assert attach(b"one") == 201
    assert attach(b"one") == 201
    assert incident.evidence.count() == 1
    assert attach(b"two") == 422


def test_a_token_without_private_gets_no_answer_of_one_with(api, commander, private_incident):
    path, body = f"incidents/{private_incident.reference}/timeline", {"text": "Seen in the logs"}
    api(commander, private=True).post(path, body, idempotency_key="a-1")
    calls = api(commander)
    problem = calls.post(path, body, idempotency_key="a-1")
    assert calls.status == 422, problem
    assert private_incident.reference not in str(problem)


def test_what_left_the_reach_of_its_caller_is_not_told_again(api, admin, responder, incident):
    path, body = f"incidents/{incident.reference}/timeline", {"text": "Seen in the logs"}
    calls = api(responder, private=True)
    told = calls.post(path, body, idempotency_key="a-1")
    Incident.objects.filter(pk=incident.pk).update(is_private=True)
    Participation.objects.filter(incident=incident, user=responder).delete()
    problem = calls.post(path, body, idempotency_key="a-1")
    assert calls.status == 404, problem
    Incident.objects.filter(pk=incident.pk).update(is_private=False)
    assert calls.post(path, body, idempotency_key="a-1") == told


def test_what_was_declared_as_private_is_not_told_to_a_token_without(api, commander):
    body = BODY | {"is_private": True}
    api(commander, private=True).post("incidents", body, idempotency_key="a-1")
    calls = api(commander)
    calls.post("incidents", body, idempotency_key="a-1")
    assert calls.status == 422
