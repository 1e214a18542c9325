"""Is sending e-mail offered only where a mail server sends it?"""

import pytest
from django.urls import reverse

from accounts.workflow import invite_people

SAVED_TO_FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def shown(client, admin):
    invite_people(by=admin, emails=["kim@example.test"], installation_role="responder")
    client.force_login(admin)
    return lambda name: client.get(reverse(name)).content.decode()


def test_no_test_e_mail_without_a_server(shown, settings):
    settings.EMAIL_BACKEND = SAVED_TO_FILES
    found = shown("mail_channel")
    assert "Send test e-mail" not in found
    assert "Enter one below and save it. Then you can send a test e-mail." in found


def test_an_invitation_gets_a_new_link_to_copy(shown, settings):
    settings.EMAIL_BACKEND = SAVED_TO_FILES
    found = shown("settings_people")
    assert ">Send again<" not in found
    assert ">Create new link<" in found
    assert reverse("mail_channel") in found


def test_both_are_offered_with_a_server(shown):
    assert "Send test e-mail" in shown("mail_channel")
    assert ">Send again<" in shown("settings_people")
