"""Whom does a token let in, to what, and until when?"""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import ApiToken
from accounts.tasks import warn_of_expiring_tokens
from accounts.workflow import add_service_account, create_token, deactivate_person, revoke_token
from audit.models import AuditEntry
from notifications.models import Delivery
from tests.api.client import ApiClient


def test_nothing_without_one(db):
    calls = ApiClient("")
    problem = calls.get("me")
    assert calls.status == 401
    assert calls.last["WWW-Authenticate"].startswith("Bearer")
    assert calls.last["Content-Type"] == "application/problem+json"
    assert problem["title"] == "A valid token is needed"


@pytest.mark.parametrize("text", ["alc_" + "0" * 32, "nonsense", "alc_é"])
def test_unknown_ones_are_refused(db, text):
    calls = ApiClient(text)
    calls.get("me")
    assert calls.status == 401


def test_it_acts_for_its_owner(api, commander):
    assert api(commander).get("me")["person"]["email"] == commander.email


def test_the_command_prints_the_token_alone(commander):
    printed = StringIO()
    call_command("create_token", email=commander.email, scopes="incidents:read", stdout=printed)
    text = printed.getvalue().strip()
    assert text.startswith("alc_")
    calls = ApiClient(text)
    assert calls.get("me")["scopes"] == ["incidents:read"]


def test_only_its_hash_is_stored(commander):
    token, text = create_token(by=commander, name="x", scopes=["incidents:read"])
    assert text not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert text not in str(list(AuditEntry.objects.values()))


def test_a_scope_opens_no_other(api, commander, incident):
    calls = api(commander, "retrospectives:write")
    problem = calls.get(f"incidents/{incident.reference}")
    assert calls.status == 403
    assert "incidents:read" in problem["detail"]


def test_writing_covers_reading_and_reading_no_writing(api, commander, incident):
    assert api(commander, "incidents:write").get(f"incidents/{incident.reference}")["title"]
    calls = api(commander, "incidents:read")
    calls.post(f"incidents/{incident.reference}/timeline", {"text": "x"})
    assert calls.status == 403


def test_revocation_takes_effect_at_once(commander):
    token, text = create_token(by=commander, name="x", scopes=["incidents:read"])
    calls = ApiClient(text)
    calls.get("me")
    assert calls.status == 200
    revoke_token(by=commander, token=token)
    calls.get("me")
    assert calls.status == 401


def test_it_ends_with_its_time_and_with_its_owner(commander, admin):
    token, text = create_token(by=commander, name="x", scopes=["incidents:read"])
    calls = ApiClient(text)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    calls.get("me")
    assert calls.status == 401
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() + timedelta(days=1))
    deactivate_person(by=admin, person=commander)
    calls.get("me")
    assert calls.status == 401


def test_the_last_use_is_noted(api, commander):
    api(commander).get("me")
    assert ApiToken.objects.get().last_used_from == "127.0.0.1"


def test_nobody_makes_one_for_another_person(commander, admin):
    with pytest.raises(PermissionDenied):
        create_token(by=admin, owner=commander, name="x", scopes=["incidents:read"])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"scopes": ["incidents:fly"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes"),
        ({"lifetime": timedelta(days=400)}, "days"),
        ({"lifetime": None}, "days"),
        ({"name": " "}, "name"),
    ],
)
def test_refusals_name_the_field(commander, fields, named):
    with pytest.raises(ValidationError) as refusal:
        create_token(**{"by": commander, "name": "x", "scopes": ["incidents:read"]} | fields)
    assert list(refusal.value.error_dict) == [named]


def test_a_service_account_acts_under_its_own_name(admin, severity):
    account = add_service_account(by=admin, name="Deploy pipeline")
    _token, text = create_token(by=admin, owner=account, name="ci", scopes=["incidents:write"], lifetime=None)
    made = ApiClient(text).post("incidents", {"title": "The build broke production"})
    assert made["reported_by"]["name"] == "Deploy pipeline"
    assert made["commander"] is None
    assert AuditEntry.objects.filter(actor=account, origin__startswith="api ci").exists()


def test_a_service_account_has_no_way_to_sign_in(admin, client):
    account = add_service_account(by=admin, name="Deploy pipeline")
    assert not account.has_usable_password()
    client.post("/accounts/password/reset/", {"email": account.email})
    assert not Delivery.objects.filter(address=account.email).exists()


def test_its_owner_is_warned_once_before_the_end(commander):
    create_token(by=commander, name="nightly", scopes=["incidents:read"], lifetime=timedelta(days=3))
    create_token(by=commander, name="later", scopes=["incidents:read"])
    warn_of_expiring_tokens()
    warn_of_expiring_tokens()
    (mail,) = Delivery.objects.filter(address=commander.email)
    assert "nightly" in mail.content["subject"]


def test_a_token_leaves_no_cookie(calls, incident):
    """The cookie of a known device is for browsers that signed in."""
    calls.get("incidents")
    assert calls.status == 200
    assert not calls.last.cookies


def test_the_command_says_where_it_has_looked_for_the_account(db, settings):
    settings.EMBEDDED_DATABASE = True
    with pytest.raises(CommandError, match=r"you@example\.org in .*ALLCLEAR_DATA"):
        call_command("create_token", email="you@example.org", scopes="incidents:read")


def test_the_command_says_what_to_choose(commander):
    with pytest.raises(CommandError, match="Choose at least one scope"):
        call_command("create_token", email=commander.email, scopes=" , ")
