"""The set-up link: printed once, works once, for an hour, and only while nobody is administrator."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, SetupLink, User
from accounts.workflow import issue_setup_link
from audit.models import AuditEntry

WHO = {
    "name": "Ida Example",
    "email": "ida@example.test",
    "password": "correct horse battery",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def token(db) -> str:
    return issue_setup_link()


def answer(client, token, **changes):
    return client.post(reverse("setup", args=[token]), {**WHO, **changes})


def test_command_prints_one_link(db, capsys, settings):
    settings.PUBLIC_URL = "https://incidents.example.test"
    call_command("setup_link")
    printed = capsys.readouterr().out
    assert printed.startswith("https://incidents.example.test/setup/")
    token = printed.strip().rstrip("/").rpartition("/")[2]
    assert SetupLink.objects.open().of_token(token).exists()
    assert not SetupLink.objects.filter(token_hash__contains=token).exists()


def test_command_prints_nothing_once_there_is_an_administrator(admin, capsys):
    call_command("setup_link")
    assert capsys.readouterr().out == ""
    assert not SetupLink.objects.exists()


def test_makes_the_first_administrator_and_signs_in(client, token):
    response = answer(client, token)
    assert response.url == reverse("setup_organisation")
    ida = User.objects.get()
    assert ida.is_administrator
    assert ida.check_password(WHO["password"])
    assert client.get(response.url).status_code == 200
    entry = AuditEntry.objects.of("installation").last()
    assert (entry.action, entry.actor) == ("person.added", ida)
    assert WHO["password"] not in str(entry.changes)


def test_then_the_organisation(client, token):
    answer(client, token)
    organisation = {"name": "Example Works", "time_zone": "Europe/Lisbon", "duty_contact": "extension 1"}
    response = client.post(reverse("setup_organisation"), organisation)
    assert response.url == reverse("home")
    assert Installation.get().name == "Example Works"


def test_works_once(client, token):
    answer(client, token)
    client.logout()
    response = answer(client, token, email="second@example.test")
    assert response.status_code == 410
    assert User.objects.count() == 1


def test_a_newer_link_ends_the_older(client, token):
    issue_setup_link()
    assert client.get(reverse("setup", args=[token])).status_code == 410


def test_ends_after_an_hour(client, token):
    SetupLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = answer(client, token)
    assert response.status_code == 410
    assert b"bin/manage setup_link" in response.content
    assert not User.objects.exists()


def test_link_is_for_an_hour(token):
    link = SetupLink.objects.get()
    assert link.expires_at - link.created_at <= timedelta(hours=1)


def test_is_closed_once_there_is_an_administrator(client, token, admin):
    assert answer(client, token).status_code == 410
    assert list(User.objects.all()) == [admin]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "short"}, "at least 12 characters"),
        ({"email": "no address"}, "complete e-mail address"),
        ({"time_zone": "Mars/Base"}, "There is no “Mars/Base” to choose"),
        ({"name": ""}, "required"),
    ],
)
def test_refuses_and_keeps_the_link_open(client, token, changes, says):
    response = answer(client, token, **changes)
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not User.objects.exists()
    assert answer(client, token).status_code == 302
