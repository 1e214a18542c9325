"""Can an administrator make a link with which somebody chooses a new password?"""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.workflow import create_password_link
from audit.models import AuditEntry
from notifications.models import Delivery


def test_the_link_is_shown_to_copy_and_works_once(client, admin, responder):
    client.force_login(admin)
    page = client.post(reverse("person_password_link", args=[responder.pk]))
    link = page.context["link"]
    assert link in page.content.decode()
    assert not Delivery.objects.exists()
    assert AuditEntry.objects.of("installation").last().action == "person.password_link"
    client.logout()
    form = client.get(link[link.index("/accounts/") :], follow=True)
    new = {"password1": "correct horse battery", "password2": "correct horse battery"}
    client.post(form.redirect_chain[-1][0], new)
    responder.refresh_from_db()
    assert responder.check_password("correct horse battery")
    assert client.get(link[link.index("/accounts/") :], follow=True).context["token_fail"]


def test_others_cannot_make_one(responder, admin):
    with pytest.raises(PermissionDenied):
        create_password_link(by=responder, person=admin)


def test_the_page_for_forgotten_passwords_says_where_to_turn(client, db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for name in ("account_reset_password", "account_reset_password_done"):
        page = client.get(reverse(name)).content.decode()
        assert "no mail server" in page
        assert "we send" not in page.lower().replace("we sending", "")
