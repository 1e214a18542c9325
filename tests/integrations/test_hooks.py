"""Who may send to /hooks/, and is anything that was accepted ever lost?"""

from base64 import b64encode

import pytest

from alerts.models import Alert
from integrations.models import LARGEST, Payload, PayloadState
from integrations.workflow import pause_integration, resume_integration

pytestmark = pytest.mark.django_db
BODY = {"title": "Disk is full", "key": "disk"}


def basic(key: str) -> str:
    return "Basic " + b64encode(f"allclear:{key}".encode()).decode()


@pytest.mark.parametrize(
    "header",
    [
        lambda key: {"Authorization": f"Bearer {key}"},
        lambda key: {"Authorization": basic(key)},
        lambda key: {"Authorization": f"GenieKey {key}"},
        lambda key: {"X-Api-Key": key},
    ],
    ids=["bearer", "basic", "geniekey", "x-api-key"],
)
def test_the_key_in_a_header(send, made, header):
    integration, key = made("generic")
    assert send("/hooks/", BODY, **header(key)).status_code == 202
    assert integration.payloads.count() == 1


@pytest.mark.parametrize("end", ["/", ""])
def test_the_key_in_the_address(send, made, end):
    integration, key = made("generic")
    assert send(f"/hooks/{key}{end}", BODY).status_code == 202
    assert integration.payloads.count() == 1


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer alc_in_0", "Basic ?", "Basic YQ==", "Basic //79"]
)
def test_without_a_known_key_nothing_is_stored(send, made, authorization):
    made("generic")
    assert send("/hooks/", BODY, Authorization=authorization).status_code == 401
    assert send("/hooks/alc_in_0/", BODY).status_code == 401
    assert not Payload.objects.exists()


def test_who_is_signed_in_does_not_matter(as_admin, send, made):
    made("generic")
    assert send("/hooks/", BODY).status_code == 401


def test_the_payload_is_stored_before_the_answer(send, made, work):
    _, key = made("generic")
    answer = send("/hooks/", BODY, key)
    payload = Payload.objects.get(pk=answer.json()["id"])
    assert (payload.state, payload.text) == (PayloadState.WAITING, '{"title": "Disk is full", "key": "disk"}')
    assert work().state == PayloadState.PROCESSED
    assert Alert.objects.get().title == "Disk is full"


def test_the_key_is_not_stored_with_the_headers(send, made):
    integration, key = made("generic")
    send("/hooks/", BODY, key, **{"X-Seen": "yes"})
    headers = integration.payloads.get().headers
    assert headers["X-Seen"] == "yes"
    assert key not in str(headers)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"title": "a', b"\xff\xfe", b"[" * 100_000, b"null", b'"text"']
)
def test_what_is_no_json_object_is_kept_with_the_reason(send, made, work, body):
    _, key = made("generic")
    assert send("/hooks/", body, key).status_code == 202
    payload = work()
    assert (payload.state, bytes(payload.body)) == (PayloadState.FAILED, body)
    assert payload.outcome


@pytest.mark.parametrize("text", ["a\\u0000b", "a\\ud800b", "\\udc00"])
def test_what_the_database_cannot_store_is_left_out(send, made, work, text):
    _, key = made("generic")
    body = f'{{"title": "Disk {text}", "key": "k{text}", "labels": {{"x{text}": "{text}", "y": ["{text}"]}}}}'
    assert send("/hooks/", body.encode(), key).status_code == 202
    assert work().state == PayloadState.PROCESSED
    assert Alert.objects.get().title.startswith("Disk")


def test_a_body_that_is_too_large_is_refused_and_noted(send, made):
    integration, key = made("generic")
    assert send("/hooks/", b"x" * (LARGEST + 1), key).status_code == 413
    noted = integration.payloads.get()
    assert (noted.state, noted.size, bytes(noted.body)) == (PayloadState.REJECTED, LARGEST + 1, b"")
    assert noted.outcome == "413, 512 KB are more than 512 KB"


def test_a_body_at_the_limit_is_taken(send, made):
    _, key = made("generic")
    assert send("/hooks/", b"x" * LARGEST, key).status_code == 202


@pytest.mark.parametrize("length", ["", "nonsense", "0", "-1"])
def test_an_odd_length_is_no_fault(send, made, length):
    integration, key = made("generic")
    assert send("/hooks/", BODY, key, **{"Content-Length": length}).status_code == 202
    assert integration.payloads.get().size == 0


def test_what_comes_while_paused_is_kept_and_read_on_resuming(send, made, work, admin):
    integration, key = made("generic")
    pause_integration(by=admin, integration=integration)
    assert send("/hooks/", BODY, key).status_code == 202
    assert work().state == PayloadState.PAUSED
    assert not Alert.objects.exists()
    resume_integration(by=admin, integration=integration)
    assert work().state == PayloadState.PROCESSED
    assert Alert.objects.count() == 1


def test_only_post(client, made):
    _, key = made("generic")
    assert client.get(f"/hooks/{key}/").status_code == 405
