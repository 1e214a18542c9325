"""Demo people: one click in demo mode, not there otherwise; never anybody else."""

import pytest
from django.urls import reverse

from accounts.models import User


@pytest.fixture
def example(db) -> User:
    return User.objects.create_user("theo@example.test", name="Theo Example", is_demo=True)


def test_one_click_signs_in(client, example, settings):
    settings.DEMO = True
    assert "Theo Example" in client.get(reverse("demo")).content.decode()
    client.post(reverse("demo"), {"person": example.pk})
    assert client.session["_auth_user_id"] == str(example.pk)


@pytest.mark.parametrize("method", ["get", "post"])
def test_is_not_there_otherwise(client, example, method):
    assert getattr(client, method)(reverse("demo"), {"person": example.pk}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("who", ["", "x", "0"])
def test_nobody_in_particular(client, example, settings, who):
    settings.DEMO = True
    assert client.post(reverse("demo"), {"person": who}).status_code in (400, 404)


def test_a_real_person_cannot_be_taken(client, example, admin, settings):
    settings.DEMO = True
    assert "Admin Example" not in client.get(reverse("demo")).content.decode()
    assert client.post(reverse("demo"), {"person": admin.pk}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_getting_the_page_signs_nobody_in(client, example, settings):
    settings.DEMO = True
    client.get(reverse("demo"), {"person": example.pk})
    assert "_auth_user_id" not in client.session


def test_a_demo_person_has_no_password(client, example):
    client.post(reverse("account_login"), {"login": example.email, "password": ""})
    assert "_auth_user_id" not in client.session
