"""Can the mail server be set up in Settings, and is nothing called sent while there is none?"""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit.models import AuditEntry
from notifications import mail_server
from notifications.channels.mail import send
from notifications.models import Delivery, DeliveryState
from notifications.outcomes import Outcome
from notifications.workflow import send_test_mail, set_mail_server

SERVER = {
    "host": "smtp.example.test", "port": 587, "security": "starttls", "user": "allclear",
    "password": "Zephyrquartz", "sender": "incidents@example.test",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_set_up(settings, tmp_path):
    settings.DATA_DIR, settings.SMTP_URL = tmp_path, ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def test_saved_where_only_its_owner_reads_it(client, admin, tmp_path):
    client.force_login(admin)
    client.post(reverse("mail_channel"), SERVER)
    assert (tmp_path / "mail_server.json").stat().st_mode & 0o777 == 0o600
    backend = mail_server.backend()
    assert (backend.host, backend.port, backend.use_tls, backend.password) == (
        "smtp.example.test", 587, True, "Zephyrquartz",
    )  # fmt: skip
    assert mail_server.sender() == "incidents@example.test"
    assert "Zephyrquartz" not in client.get(reverse("mail_channel")).content.decode()
    entry = AuditEntry.objects.of("installation").last()
    assert entry.action == "mail_server.changed"
    assert "Zephyrquartz" not in str(entry.changes)


@pytest.mark.parametrize("host", ["smtp..example.test", "x" * 70, "smtp.example.test\tx"])
def test_a_name_that_no_server_has_is_refused(client, admin, host):
    """Saved, it would let every e-mail be given up at once."""
    client.force_login(admin)
    answer = client.post(reverse("mail_channel"), SERVER | {"host": host})
    assert answer.context["form"].errors["host"]
    assert mail_server.saved() is None


def test_an_empty_password_keeps_the_saved_one(admin):
    set_mail_server(by=admin, **SERVER)
    set_mail_server(by=admin, **SERVER | {"port": 25, "password": ""})
    assert (mail_server.saved().port, mail_server.saved().password) == (25, "Zephyrquartz")
    set_mail_server(by=admin, **SERVER | {"host": "other.example.test", "password": ""})
    assert mail_server.saved().password == ""


@pytest.mark.parametrize("other", [{"host": "other.example.test"}, {"security": "none"}, {"user": "else"}])
def test_a_saved_password_never_goes_to_another_server_or_unencrypted(admin, other):
    set_mail_server(by=admin, **SERVER)
    set_mail_server(by=admin, **SERVER | {"password": ""} | other)
    assert mail_server.saved().password == ""


def test_the_environment_wins_and_the_page_says_so(client, admin, settings):
    set_mail_server(by=admin, **SERVER)
    settings.SMTP_URL = "smtp://mail.example.test:25"
    assert mail_server.saved() is None
    client.force_login(admin)
    page = client.get(reverse("mail_channel")).content.decode()
    assert "<code>SMTP_URL</code> sets the mail server" in page
    assert "Save mail server" not in page
    assert client.post(reverse("mail_channel"), SERVER).context["form"].errors
    settings.DEFAULT_FROM_EMAIL = "of@environment.test"
    settings.SMTP_URL = ""
    assert mail_server.sender() == "of@environment.test"


def test_without_a_server_nothing_is_called_delivered(client, admin):
    delivery = send_test_mail(by=admin)
    answer = send(delivery)
    assert (answer.outcome, answer.words) == (Outcome.TAKEN, "Saved to a file, as no mail server is set up")
    Delivery.objects.update(state=DeliveryState.DELIVERED, answer=answer.words)
    client.force_login(admin)
    page = client.get(reverse("mail_channel")).content.decode()
    assert "Not sent" in page
    assert "Delivered" not in page
    assert "saved to a file" in client.post(reverse("mail_test"), follow=True).content.decode()


def test_others_cannot_set_it_up(responder):
    with pytest.raises(PermissionDenied):
        set_mail_server(by=responder, **SERVER)


def test_the_page_reads_again_while_a_test_is_being_sent(client, admin):
    client.force_login(admin)
    client.post(reverse("mail_channel"), SERVER)
    assert b"data-again" not in client.get(reverse("mail_channel")).content
    client.post(reverse("mail_test"))
    assert b"data-again" in client.get(reverse("mail_channel")).content
    Delivery.objects.update(state=DeliveryState.DELIVERED)
    assert b"data-again" not in client.get(reverse("mail_channel")).content


def test_a_password_is_kept_only_where_there_is_one(client, admin):
    client.force_login(admin)
    client.post(reverse("mail_channel"), SERVER | {"user": "", "password": ""})
    assert b"keep the saved password" not in client.get(reverse("mail_channel")).content
    client.post(reverse("mail_channel"), SERVER)
    assert b"keep the saved password" in client.get(reverse("mail_channel")).content
