"""E-mail, over whatever EMAIL_BACKEND says."""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.core.mail import EmailMultiAlternatives

from notifications import mail_server
from notifications.models import SAVED, Delivery
from notifications.outcomes import Answer, Outcome

WHY_AWAY: dict[type[Exception], str] = {
    smtplib.SMTPAuthenticationError: "The mail server refuses the user name or the password.",
    smtplib.SMTPNotSupportedError: "The mail server does not offer this encryption or sign-in.",
    ConnectionRefusedError: "The mail server cannot be reached: connection refused.",
    TimeoutError: "The mail server cannot be reached: no answer in time.",
    socket.gaierror: "The mail server cannot be reached: its name is unknown.",
    ssl.SSLError: "The mail server cannot be reached: the encryption failed.",
}
IDLE_SECONDS = 5.0  # servers hang up on idle clients; a connection that rested longer is not used again
BUSY, NO_MORE = 400, 500


def _why_away(error: Exception) -> str:
    found = next((words for kind, words in WHY_AWAY.items() if isinstance(error, kind)), "")
    return found or f"The mail server cannot be reached: {type(error).__name__}"


def send(delivery: Delivery) -> Answer:
    """Hand one mail to the mail server. Its Message-ID is the same at every attempt."""
    try:
        message = _message(delivery)
    except (ValueError, KeyError) as error:
        return Answer(Outcome.IMPOSSIBLE, f"This mail cannot be written: {type(error).__name__}")
    try:
        with _connection() as backend:
            backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        code = max((code for code, _ in refusal.recipients.values()), default=NO_MORE)
        return Answer(_outcome(code), f"The mail server does not take this recipient ({code})")
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
        return Answer(
            _outcome(refusal.smtp_code), f"The mail server does not take this mail ({refusal.smtp_code})"
        )
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Outcome.LATER, _why_away(error), is_away=True)
    except ValueError as error:  # a header with a line break, an address nobody can write
        return Answer(Outcome.IMPOSSIBLE, f"This mail cannot be written: {type(error).__name__}")
    if not mail_server.sends_mail():
        return Answer(Outcome.TAKEN, SAVED)
    return Answer(Outcome.TAKEN, "Accepted by the mail server")


def _outcome(code: int) -> Outcome:
    return Outcome.REFUSED if code >= NO_MORE else Outcome.LATER


def _message(delivery: Delivery) -> EmailMultiAlternatives:
    content, sender = delivery.content, mail_server.sender()
    domain = sender.rpartition("@")[2].rstrip(">")
    headers = {
        "Message-ID": f"<{delivery.pk}@{domain}>",
        "Auto-Submitted": "auto-generated",
        **content.get("headers", {}),
        "X-Allclear-Delivery": str(delivery.pk),
    }
    message = EmailMultiAlternatives(
        subject=content["subject"],
        body=content["text"],
        from_email=sender,
        to=[delivery.address],
        headers=headers,
    )
    if content.get("html"):
        message.attach_alternative(content["html"], "text/html")
    if calendar := content.get("calendar"):
        kind = f"text/calendar; method={calendar['method']}"
        message.attach_alternative(calendar["text"], kind)  # what mail programs offer to accept
        message.attach("invitation.ics", calendar["text"].encode(), "application/ics")
    return message


_idle: list[tuple[float, Any]] = []
_lock = threading.Lock()


@contextlib.contextmanager
def _connection() -> Iterator[Any]:
    """An open connection of a moment ago, or a new one; kept for the next mail unless something went wrong."""
    backend = _rested() or mail_server.backend()
    try:
        backend.open()  # else it would open, send and close by itself each time
        yield backend
    except BaseException:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            backend.close()
        raise
    _keep(backend)


def _rested() -> Any:
    with _lock:
        while _idle:
            since, backend = _idle.pop()
            if time.monotonic() - since < IDLE_SECONDS and _is_alive(backend):
                return backend
            with contextlib.suppress(smtplib.SMTPException, OSError):
                backend.close()
    return None


def _is_alive(backend: Any) -> bool:
    try:
        return backend.connection.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _keep(backend: Any) -> None:
    if getattr(backend, "connection", None) is None:  # only SMTP has one that is worth keeping
        backend.close()
        return
    with _lock:
        _idle.append((time.monotonic(), backend))
