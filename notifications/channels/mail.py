"""E-mail, over whatever EMAIL_BACKEND says."""

from smtplib import SMTPException

from django.core.mail import EmailMessage

FAILURES = (SMTPException, OSError, ValueError, KeyError)
"""What a sending that did not happen raises; a malformed message (ValueError, KeyError) blocks no other."""


def send(payload: dict) -> None:
    EmailMessage(subject=payload["subject"], body=payload["text"], to=[payload["to"]]).send()
