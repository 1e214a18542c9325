"""Which server sends e-mail: the one of SMTP_URL, else the one saved in Settings, else none.

The saved one, with its password, is a file in the data folder that only its owner can read.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend

TIMEOUT = 10  # seconds
UNSET_SENDER = "allclear@localhost"


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    security: str  # starttls, tls or none
    user: str
    password: str
    sender: str


def is_from_environment() -> bool:
    return bool(settings.SMTP_URL)


def saved() -> MailServer | None:
    """The server saved in Settings; None where there is none, or where SMTP_URL names one."""
    if is_from_environment() or not _path().exists():
        return None
    return MailServer(**json.loads(_path().read_text()))


def save(server: MailServer) -> None:
    """Replace the file in one step. Raises OSError where the data folder cannot be written."""
    draft = _path().with_name(f".mail_server.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(server), file)
    draft.replace(_path())


def sends_mail() -> bool:
    """Whether e-mail is sent at all; without a server it is saved to files in the data folder."""
    return saved() is not None or not settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend")


def host() -> str:
    server = saved()
    return server.host if server else settings.EMAIL_HOST if is_from_environment() else ""


def sender() -> str:
    """The From address: that of ALLCLEAR_FROM_EMAIL, else the saved one."""
    server = saved()
    if server and server.sender and settings.DEFAULT_FROM_EMAIL == UNSET_SENDER:
        return server.sender
    return settings.DEFAULT_FROM_EMAIL


def backend() -> Any:
    """A new, closed connection to the server, or what writes files in its place."""
    server = saved()
    if server is None:
        return mailers.default
    return EmailBackend(
        alias="saved",
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.security == "starttls",
        use_ssl=server.security == "tls",
        timeout=TIMEOUT,
    )


def _path() -> Path:
    return Path(settings.DATA_DIR) / "mail_server.json"
