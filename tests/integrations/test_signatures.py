"""Is only what a sender signed taken, once an integration has the secret of its signatures?"""

import hmac
import json

import pytest
from django.core.exceptions import ValidationError

from integrations.models import Integration, PayloadState
from integrations.senders import SENDERS, load
from integrations.workflow import change_integration
from tests.api.client import ApiClient

pytestmark = pytest.mark.django_db
SECRET = "s3cret of the sender"


def digest(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


SIGNED = {
    "sentry": ("Sentry-Hook-Signature", digest),
    "github": ("X-Hub-Signature-256", lambda body: f"sha256={digest(body)}"),
    "gitlab": ("X-Gitlab-Token", lambda body: SECRET),
    "pagerduty_webhook": ("X-PagerDuty-Signature", lambda body: f"v1={digest(b'')}, v1={digest(body)}"),
}


def test_every_sender_that_signs_is_tested():
    load()
    assert {one.kind for one in SENDERS.values() if one.signature} == set(SIGNED)


@pytest.fixture
def signing(made, admin):
    """`signing(kind)` is an integration with a secret, its key, and a body as its sender would send it."""

    def make(kind: str) -> tuple[Integration, str, bytes]:
        integration, key = made(kind)
        change_integration(by=admin, integration=integration, secret=SECRET)
        return integration, key, json.dumps(SENDERS[kind].sample("")).encode()

    return make


@pytest.mark.parametrize("kind", SIGNED)
def test_what_is_signed_is_taken(signing, send, kind):
    integration, key, body = signing(kind)
    name, sign = SIGNED[kind]
    assert send("/hooks/", body, key, **{name: sign(body)}).status_code == 202
    assert integration.payloads.get().state == PayloadState.WAITING


@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.parametrize("told", [None, "", "sha256=", "v1=,", "é", digest(b"another"), "x" * 5000])
def test_what_is_not_signed_is_refused_and_noted(signing, send, kind, told):
    integration, key, body = signing(kind)
    name, _ = SIGNED[kind]
    answer = send("/hooks/", body, key, **({name: told} if told is not None else {}))
    assert (answer.status_code, answer.json()["message"]) == (401, "The signature is missing or wrong.")
    noted = integration.payloads.get()
    assert (noted.state, noted.outcome) == (PayloadState.REJECTED, f"401, {name} is missing or wrong")
    assert not noted.text


def test_a_token_may_have_any_letters(signing, admin, send):
    integration, key, body = signing("gitlab")
    change_integration(by=admin, integration=integration, secret="gehéim")
    told = "gehéim".encode().decode("latin-1")  # as servers read the bytes of a header
    assert send("/hooks/", body, key, **{"X-Gitlab-Token": told}).status_code == 202


def test_blanks_are_no_secret(signing, admin):
    integration, _, _ = signing("sentry")
    with pytest.raises(ValidationError, match="Enter a secret"):
        change_integration(by=admin, integration=integration, secret="  ")


def test_a_changed_body_is_refused(signing, send):
    _, key, body = signing("sentry")
    name, sign = SIGNED["sentry"]
    assert send("/hooks/", body + b" ", key, **{name: sign(body)}).status_code == 401


def test_no_other_address_takes_its_key(signing, send):
    integration, key, _ = signing("pagerduty_webhook")
    event = {"event_action": "trigger", "payload": {"summary": "x", "source": "y", "severity": "info"}}
    assert send("/v2/enqueue", event | {"routing_key": key}).status_code == 400
    assert send("/v2/change/enqueue", {"routing_key": key, "payload": {"summary": "x"}}).status_code == 400
    for address in ("/v2/alerts", "/jsm/ops/integration/v2/alerts"):
        assert send(address, {"message": "x"}, Authorization=f"GenieKey {key}").status_code == 401
    assert not integration.payloads.exists()


def test_without_a_secret_nothing_is_checked(made, send):
    _, key = made("sentry")
    assert send("/hooks/", SENDERS["sentry"].sample(""), key).status_code == 202


def test_an_administrator_stores_keeps_and_removes_it(as_admin, made):
    integration, _ = made("sentry")
    page = f"/settings/integrations/{integration.pk}/edit/"
    said = {"name": integration.name, "opens": integration.opens, "service": ""}
    assert "client secret" in as_admin.get(page).content.decode()
    as_admin.post(page, said | {"secret": SECRET})
    assert Integration.objects.get().secret == SECRET
    assert SECRET not in as_admin.get(page).content.decode()
    assert SECRET not in as_admin.get(integration.get_absolute_url()).content.decode()
    as_admin.post(page, said | {"name": "Sentry eu", "secret": ""})
    assert (Integration.objects.get().name, Integration.objects.get().secret) == ("Sentry eu", SECRET)
    answer = as_admin.post(page, said | {"secret": "new", "without_secret": "on"})
    assert "not both" in answer.content.decode()
    as_admin.post(page, said | {"without_secret": "on"})
    assert not Integration.objects.get().secret


def test_a_sender_that_signs_nothing_has_no_secret(as_admin, made):
    integration, _ = made("alertmanager")
    page = f"/settings/integrations/{integration.pk}/edit/"
    assert "Signing secret" not in as_admin.get(page).content.decode()
    as_admin.post(page, {"name": "AM", "opens": "nothing", "service": "", "secret": SECRET})
    assert (Integration.objects.get().name, Integration.objects.get().secret) == ("AM", "")


def test_the_api_takes_it_and_never_shows_it(admin, made):
    integration, _ = made("github")
    calls, path = ApiClient.of(admin), f"integrations/{integration.pk}"
    assert calls.patch(path, {"secret": SECRET})["checks_signatures"] is True
    assert SECRET not in calls.last.content.decode()
    assert calls.patch(path, {"secret": ""})["checks_signatures"] is False
    other, _ = made("alertmanager", "Another")
    assert "signs nothing" in str(calls.patch(f"integrations/{other.pk}", {"secret": SECRET}))
    assert calls.status == 422
