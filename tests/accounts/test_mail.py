"""Mail leaves with the worker: written with the change, sent once, tried again, never lost."""

import smtplib

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from notifications.models import OutboxMessage
from notifications.tasks import send_due_mail
from notifications.workflow import enqueue_mail


@pytest.fixture
def message(db) -> OutboxMessage:
    return enqueue_mail(to="ida@example.test", subject="Hello", text="/setup/secret", about="test")


def test_is_sent_by_the_sweep(message):
    assert outbox.outbox == []
    send_due_mail()
    assert [m.to for m in outbox.outbox] == [["ida@example.test"]]
    message.refresh_from_db()
    assert message.sent_at


def test_is_sent_once(message):
    send_due_mail()
    send_due_mail()
    assert len(outbox.outbox) == 1


def test_text_does_not_stay_behind(message):
    send_due_mail()
    message.refresh_from_db()
    assert "text" not in message.payload


def test_is_tried_again_after_a_failure(message, settings):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Refusing"
    send_due_mail()
    message.refresh_from_db()
    assert (message.sent_at, message.attempts, message.last_error) == (None, 1, "SMTPException")
    assert message.due_at > message.created_at
    OutboxMessage.objects.update(due_at=message.created_at)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_due_mail()
    assert len(outbox.outbox) == 1


def test_a_malformed_one_blocks_no_other(message):
    OutboxMessage.objects.create(
        topic="mail", subject="test", payload={"to": "x@example.test"}, due_at=message.due_at
    )
    enqueue_mail(to="noor@example.test", subject="Hello", text="", about="test")
    send_due_mail()
    assert len(outbox.outbox) == 2


def test_other_topics_are_left_alone(db, incident):
    waiting = OutboxMessage.objects.exclude(topic="mail").count()
    assert waiting
    send_due_mail()
    assert OutboxMessage.objects.filter(sent_at__isnull=True).count() == waiting


def test_a_forgotten_password(client, db, settings):
    """The whole way: asked for, mailed, chosen, used; the link works once and the old password no more."""
    cache.clear()
    settings.PUBLIC_URL = "https://incidents.example.test"
    ida = User.objects.create_user("ida@example.test", "correct horse battery", name="Ida Example")
    client.post(reverse("account_reset_password"), {"email": "ida@example.test"}, HTTP_HOST="localhost")
    assert outbox.outbox == []
    send_due_mail()
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
    assert not OutboxMessage.objects.filter(topic="mail").exists()


class Refusing:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPException("no")
