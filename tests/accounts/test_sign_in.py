"""Signing in: by e-mail and password, throttled per account and per address, without telling who exists."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_counts(db, settings):
    """And a hash that costs nothing: what is counted here are attempts, hundreds of them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def ida(db) -> User:
    return User.objects.create_user("ida@example.test", PASSWORD, name="Ida Example")


def sign_in(client, email="ida@example.test", password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def test_signs_in(client, ida):
    assert sign_in(client).url == reverse("home")
    assert client.session["_auth_user_id"] == str(ida.pk)


def test_capitals_do_not_matter(client, ida):
    assert sign_in(client, email="Ida@Example.test").status_code == 302


def test_goes_on_to_where_one_wanted_to_go(client, ida):
    response = client.post(
        reverse("account_login"), {"login": ida.email, "password": PASSWORD, "next": "/settings/profile/"}
    )
    assert response.url == "/settings/profile/"


def test_does_not_go_to_another_site(client, ida):
    response = client.post(
        reverse("account_login"),
        {"login": ida.email, "password": PASSWORD, "next": "https://elsewhere.example/"},
    )
    assert response.url == reverse("home")


@pytest.mark.parametrize("email", ["ida@example.test", "nobody@example.test"])
def test_says_the_same_whether_the_account_exists(client, ida, email):
    page = sign_in(client, email=email, password="wrong wrong wrong").content.decode()
    assert "E-mail and password do not match. 4 tries left before a pause." in page


def test_an_account_pauses_after_five_failures(client, ida):
    for _ in range(5):
        assert sign_in(client, password="wrong wrong wrong").status_code == 200
    response = sign_in(client)
    assert response.status_code == 429
    assert "Too many tries. Wait 10 min" in response.content.decode()
    assert 540 < int(response["Retry-After"]) <= 601
    assert "_auth_user_id" not in client.session


def test_another_account_is_not_paused(client, ida, responder):
    responder.set_password(PASSWORD)
    responder.save()
    for _ in range(6):
        sign_in(client, password="wrong wrong wrong")
    assert sign_in(client, email=responder.email).status_code == 302


def test_an_address_pauses_after_ten_failures(client, ida):
    for n in range(10):
        sign_in(client, email=f"guess{n}@example.test", password="wrong wrong wrong")
    assert sign_in(client).status_code == 429
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_deactivated_person_stays_outside(client, ida):
    User.objects.update(is_active=False)
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code == 404


def test_shows_the_duty_contact(client):
    Installation.objects.update_or_create(
        pk=1, defaults={"name": "Example Works", "duty_contact": "extension 142"}
    )
    page = client.get(reverse("account_login")).content.decode()
    assert "Sign in to Example Works" in page
    assert "extension 142" in page


def test_signing_out_needs_a_post(client, ida):
    client.force_login(ida)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_a_session_ends_at_its_absolute_limit(client, ida, settings):
    client.force_login(ida)
    client.get(reverse("profile"))
    session = client.session
    session["began_at"] = (timezone.now() - settings.SESSION_ABSOLUTE_AGE - timedelta(minutes=1)).isoformat()
    session.save()
    assert client.get(reverse("profile")).url == f"{reverse('account_login')}?next={reverse('profile')}"
    assert client.get(reverse("profile")).status_code == 302


def test_activity_moves_the_idle_limit_on(client, ida, settings):
    sign_in(client)
    client.get(reverse("profile"))
    session = client.session
    long_ago = timezone.now() - settings.SESSION_ACTIVITY_EVERY - timedelta(minutes=1)
    session["seen_at"] = long_ago.isoformat()
    session.save()
    client.get(reverse("profile"))
    assert client.session["seen_at"] > long_ago.isoformat()


def test_nobody_locks_an_account_from_elsewhere(client, ida):
    for _ in range(6):
        sign_in(client, password="wrong wrong wrong", REMOTE_ADDR="203.0.113.9")
    assert sign_in(client, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_known_device_signs_in_although_its_address_pauses(client, ida):
    sign_in(client)
    client.post(reverse("account_logout"))
    attacker = Client()
    for n in range(11):
        sign_in(attacker, email=f"guess{n}@example.test", password="wrong wrong wrong")
    assert sign_in(attacker).status_code == 429
    assert sign_in(client).status_code == 302


def test_a_known_device_pauses_after_five_failures_of_its_own(client, ida):
    sign_in(client)
    client.post(reverse("account_logout"))
    for _ in range(5):
        sign_in(client, password="wrong wrong wrong")
    assert sign_in(client).status_code == 429


def test_a_device_cookie_is_of_use_for_its_own_account_only(client, ida, responder):
    responder.set_password(PASSWORD)
    responder.save()
    sign_in(client, email=responder.email)
    client.post(reverse("account_logout"))
    for _ in range(6):
        sign_in(Client(), password="wrong wrong wrong")
    assert sign_in(client).status_code == 429


def test_an_account_pauses_after_a_hundred_failures_from_many_addresses(client, ida):
    for n in range(100):
        sign_in(client, password="wrong wrong wrong", REMOTE_ADDR=f"198.51.100.{n}")
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 429
