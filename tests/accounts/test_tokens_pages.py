"""Settings → API tokens: create, rotate, revoke; shown once; service accounts for administrators only."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.workflow import add_service_account, create_token, revoke_token, working_token

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Laptop", "owner": "me", "scopes": ["incidents:read", "incidents:write"], "days": "30"}


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def pipeline(admin):
    return add_service_account(by=admin, name="Deploy pipeline")


def text(response) -> str:
    return response.content.decode()


def test_a_stakeholder_makes_one_and_it_is_shown_once(client, stakeholder):
    client.force_login(stakeholder)
    response = client.post(reverse("tokens"), FIELDS | {"reaches_private": "on"})
    token = ApiToken.objects.get()
    shown = response.context["text"]
    assert shown in text(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert working_token(shown).owner == stakeholder
    assert token.reaches_private
    assert token.lifetime == timedelta(days=30)
    again = text(client.get(reverse("tokens")))
    assert shown not in again
    assert token.shown in again


def test_what_is_refused_keeps_what_was_typed(as_admin):
    response = as_admin.post(reverse("tokens"), FIELDS | {"scopes": [], "days": "180"})
    form = response.context["form"]
    assert list(form.errors) == ["scopes"]
    assert form["name"].value() == "Laptop"
    assert '<option value="180" selected>' in text(response)
    response = as_admin.post(reverse("tokens"), FIELDS | {"name": ""})
    assert response.context["form"].chosen_scopes == {"incidents:read", "incidents:write"}
    assert not ApiToken.objects.exists()


def test_only_service_accounts_get_one_without_an_end(as_admin, pipeline):
    response = as_admin.post(reverse("tokens"), FIELDS | {"days": "never"})
    assert list(response.context["form"].errors) == ["days"]
    as_admin.post(reverse("tokens"), FIELDS | {"days": "never", "owner": str(pipeline.pk)})
    assert ApiToken.objects.get().owner == pipeline


def test_administrators_rights_are_offered_to_administrators_only(client, commander, admin):
    client.force_login(commander)
    assert 'value="admin"' not in text(client.get(reverse("tokens")))
    response = client.post(reverse("tokens"), FIELDS | {"scopes": ["admin"]})
    assert list(response.context["form"].errors) == ["scopes"]
    client.force_login(admin)
    assert 'value="admin"' in text(client.get(reverse("tokens")))


def test_rotating_shows_the_new_one(as_admin, admin):
    old, before = create_token(by=admin, name="Laptop", scopes=["incidents:read"])
    url = reverse("token_rotation", args=[old.pk])
    assert "24 more hours" in text(as_admin.get(url))
    response = as_admin.post(url, {"ends": "now"})
    assert working_token(response.context["text"]).name == "Laptop"
    assert working_token(before) is None
    response = as_admin.post(url, {"ends": "later"})
    assert response.context["form"].non_field_errors()


def test_revoking_asks_first(as_admin, admin):
    token, before = create_token(by=admin, name="Laptop", scopes=["incidents:read"])
    url = reverse("token_revocation", args=[token.pk])
    as_admin.get(url)
    assert working_token(before)
    as_admin.post(url)
    assert working_token(before) is None


def test_nobody_reaches_the_tokens_of_others(client, admin, commander, responder, pipeline):
    own, _text = create_token(by=responder, name="Zephyrquartz", scopes=["incidents:read"])
    service, _text = create_token(by=admin, owner=pipeline, name="ci", scopes=["incidents:read"])
    for person, hidden in ((admin, [own]), (commander, [own, service])):
        client.force_login(person)
        assert "Zephyrquartz" not in text(client.get(reverse("tokens")))
        for token in hidden:
            for name in ("token_rotation", "token_revocation"):
                assert client.get(reverse(name, args=[token.pk])).status_code == 404
                assert client.post(reverse(name, args=[token.pk])).status_code == 404


def test_ended_ones_are_folded_away(as_admin, admin):
    now = timezone.now()
    for name, end in (("soon", now + timedelta(days=3)), ("gone", now - timedelta(days=3))):
        token, _text = create_token(by=admin, name=name, scopes=["incidents:read"])
        ApiToken.objects.filter(pk=token.pk).update(expires_at=end)
    revoked, _text = create_token(by=admin, name="revoked", scopes=["incidents:read"])
    revoke_token(by=admin, token=revoked)
    context = as_admin.get(reverse("tokens")).context
    assert [token.name for token in context["own"]] == ["soon"]
    assert context["own"][0].expires_soon
    assert {token.name for token in context["ended"]} == {"gone", "revoked"}


def test_a_service_account_is_added_changed_and_deactivated(as_admin):
    response = as_admin.post(
        reverse("service_account_new"), {"name": "Deploy pipeline", "installation_role": "responder"}
    )
    account = User.objects.service_accounts().get()
    assert response.url == f"{reverse('tokens')}?account={account.pk}#new-token"
    assert as_admin.get(response.url).context["form"]["owner"].value() == str(account.pk)
    as_admin.post(
        reverse("service_account", args=[account.pk]), {"name": "CI", "installation_role": "stakeholder"}
    )
    as_admin.post(reverse("service_account_deactivation", args=[account.pk]))
    account.refresh_from_db()
    assert (account.name, account.installation_role, account.is_active) == ("CI", "stakeholder", False)
    as_admin.post(reverse("service_account_activation", args=[account.pk]))
    account.refresh_from_db()
    assert account.is_active


def test_the_pages_of_people_are_no_service_account(as_admin, commander):
    assert as_admin.get(reverse("service_account", args=[commander.pk])).status_code == 404


def test_queries_do_not_grow(as_admin, admin, django_assert_max_num_queries):
    for number in range(4):
        account = add_service_account(by=admin, name=f"Service {number}")
        for name in ("a", "b"):
            create_token(by=admin, owner=account, name=name, scopes=["incidents:read"])
            create_token(by=admin, name=f"{name} {number}", scopes=["incidents:read"])
    as_admin.get(reverse("tokens"))
    with django_assert_max_num_queries(14):
        as_admin.get(reverse("tokens"))


def test_the_address_that_names_a_service_account_to_the_command_is_shown(as_admin, pipeline):
    assert pipeline.email in text(as_admin.get(reverse("tokens")))
