"""Mail leaves with the worker: written with the change, sent once, tried again, never lost."""

import smtplib

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from accounts.models import User
from notifications.models import Delivery
from notifications.tasks import send_due_deliveries
from notifications.workflow import deliver, enqueue_mail


@pytest.fixture
def message(db) -> Delivery:
    return enqueue_mail(to="ida@example.test", subject="Hello", text="/setup/secret", about="test")


def test_is_sent_by_the_sweep(message):
    assert outbox.outbox == []
    send_due_deliveries()
    assert [m.to for m in outbox.outbox] == [["ida@example.test"]]
    message.refresh_from_db()
    assert message.state == "delivered"
    assert message.delivered_at


def test_is_sent_once(message):
    send_due_deliveries()
    send_due_deliveries()
    assert len(outbox.outbox) == 1


def test_text_does_not_stay_behind(message):
    send_due_deliveries()
    message.refresh_from_db()
    assert "/setup/secret" not in str(message.content)
    assert message.is_erased


def test_is_tried_again_after_a_failure(message, settings):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Refusing"
    send_due_deliveries()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert message.answer == "The mail server cannot be reached: SMTPException"
    assert message.try_at > message.due_at
    Delivery.objects.update(try_at=message.created_at)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_due_deliveries()
    assert len(outbox.outbox) == 1


def test_a_malformed_one_blocks_no_other(message):
    deliver(Delivery(key="odd", kind="mail", address="x@example.test", content={"subject": "No text"}))
    enqueue_mail(to="noor@example.test", subject="Hello", text="", about="test")
    send_due_deliveries()
    assert len(outbox.outbox) == 2
    assert Delivery.objects.get(key="odd").state == "dead"


def test_a_forgotten_password(client, db, settings):
    """The whole way: asked for, mailed, chosen, used; the link works once and the old password no more."""
    cache.clear()
    settings.PUBLIC_URL = "https://incidents.example.test"
    ida = User.objects.create_user("ida@example.test", "correct horse battery", name="Ida Example")
    client.post(reverse("account_reset_password"), {"email": "ida@example.test"}, HTTP_HOST="localhost")
    assert outbox.outbox == []
    send_due_deliveries()
    text = outbox.outbox[0].body
    link = next(line for line in text.splitlines() if line.startswith("https://incidents.example.test/"))
    path = link.removeprefix("https://incidents.example.test")
    form_page = client.get(path).url
    new = {"password1": "seven quiet lanterns", "password2": "seven quiet lanterns"}
    assert client.post(form_page, new).url == reverse("account_reset_password_from_key_done")
    ida.refresh_from_db()
    assert ida.check_password("seven quiet lanterns")
    assert "no longer works" in client.get(path).content.decode()


def test_nobody_is_mailed_about_an_unknown_address(client, db):
    cache.clear()
    response = client.post(reverse("account_reset_password"), {"email": "nobody@example.test"})
    assert response.url == reverse("account_reset_password_done")
    assert not Delivery.objects.exists()


class Refusing(BaseEmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPException("no")
