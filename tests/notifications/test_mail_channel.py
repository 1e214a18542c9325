"""What a real SMTP server reads, and what its answers mean."""

import email
import email.policy
import socket
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller

from notifications.channels import send
from notifications.channels.mail import _idle
from notifications.outcomes import Outcome

pytestmark = pytest.mark.django_db


class Handler:
    def __init__(self) -> None:
        self.answer, self.recipient_answer, self.envelopes, self.peers = "250 OK", "250 OK", [], set()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope) -> str:
        self.peers.add(session.peer)
        self.envelopes.append(envelope)
        return self.answer

    @property
    def mails(self) -> list:
        return [email.message_from_bytes(e.content, policy=email.policy.default) for e in self.envelopes]


@pytest.fixture
def smtp(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Handler()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.DEFAULT_FROM_EMAIL = "Allclear <allclear@incidents.example.test>"
    yield handler
    while _idle:
        _idle.pop()[1].close()
    controller.stop()


@pytest.fixture
def mail(send_to):
    def make(**content):
        return send_to(
            address="ida@example.test", content={"subject": "INC-1: slow", "text": "Slow.", **content}
        )

    return make


def test_text_and_html_and_what_a_mail_program_needs(smtp, mail):
    html = "<p>Slow — <b>we look</b>.</p>"
    unsubscribe = "<https://incidents.example.test/u/x>"
    message = mail(
        html=html,
        headers={
            "Message-ID": "<inc-1.3@incidents.example.test>",
            "In-Reply-To": "<inc-1@incidents.example.test>",
            "References": "<inc-1@incidents.example.test>",
            "List-Unsubscribe": unsubscribe,
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    assert send(message).outcome is Outcome.TAKEN
    (read,) = smtp.mails
    assert (read["To"], read["Subject"]) == ("ida@example.test", "INC-1: slow")
    assert read["From"] == "Allclear <allclear@incidents.example.test>"
    assert read.get_body(("plain",)).get_content().strip() == "Slow."
    assert read.get_body(("html",)).get_content().strip() == html
    assert read["Message-ID"] == "<inc-1.3@incidents.example.test>"
    assert read["In-Reply-To"] == read["References"] == "<inc-1@incidents.example.test>"
    assert (read["List-Unsubscribe"], read["List-Unsubscribe-Post"]) == (
        unsubscribe,
        "List-Unsubscribe=One-Click",
    )
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Allclear-Delivery"] == str(message.pk)


def test_every_attempt_carries_the_same_id(smtp, mail):
    message = mail()
    send(message)
    send(message)
    first, second = smtp.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.pk}@incidents.example.test>"


def test_mails_in_a_row_share_a_connection(smtp, mail):
    for _ in range(5):
        send(mail())
    assert (len(smtp.mails), len(smtp.peers)) == (5, 1)


def test_a_connection_the_server_has_closed_is_not_used_again(smtp, mail):
    send(mail())
    _idle[0][1].connection.sock.shutdown(socket.SHUT_RDWR)
    assert send(mail()).outcome is Outcome.TAKEN
    assert len(smtp.peers) == 2


@pytest.mark.parametrize(
    ("answer", "outcome"), [("450 greylisted", Outcome.LATER), ("550 no such person", Outcome.REFUSED)]
)
def test_what_is_said_about_a_recipient(smtp, mail, answer, outcome):
    smtp.recipient_answer = answer
    got = send(mail())
    assert (got.outcome, got.is_away) == (outcome, False)
    assert answer[:3] in got.words


@pytest.mark.parametrize(
    ("answer", "outcome"), [("452 full", Outcome.LATER), ("554 looks like spam", Outcome.REFUSED)]
)
def test_what_is_said_about_a_mail(smtp, mail, answer, outcome):
    smtp.answer = answer
    assert send(mail()).outcome is outcome


def test_nobody_there(smtp, mail, settings):
    settings.EMAIL_PORT = urlsplit("smtp://127.0.0.1:1").port
    answer = send(mail())
    assert (answer.outcome, answer.is_away) == (Outcome.LATER, True)
    assert answer.words == "The mail server cannot be reached: connection refused."


@pytest.mark.parametrize("broken", [{"subject": "two\nlines"}, {"headers": {"X-Odd": "two\r\nlines: x"}}])
def test_one_nobody_can_write(smtp, mail, broken):
    assert send(mail(**broken)).outcome is Outcome.IMPOSSIBLE
    assert smtp.mails == []
