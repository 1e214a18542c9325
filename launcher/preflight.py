"""What can be refused before anything is installed or started. Standard library only, Python 3.9."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from pathlib import Path

from core.private_files import data_folder_mode, make_private

REFUSED = 3  # exit code of a child whose standard output says what it refuses
PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A start that cannot go on. Its text is the one line the person at the terminal reads."""


def data_folder() -> Path:
    """The data folder that ALLCLEAR_DATA names, or `var/`; the same rule as in settings.DATA_DIR."""
    return Path(os.environ.get("ALLCLEAR_DATA") or PROJECT_ROOT / "var").absolute()


def make_writable_folder(folder: Path) -> None:
    """Make `folder` and close it to others, or raise Refused where files cannot be written in it."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        make_private(folder, data_folder_mode())
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refused(
            f"Cannot write in {folder}: {error.strerror}. Choose another data folder with --data or ALLCLEAR_DATA."
        ) from error
    secret = folder / "secret_key"
    if secret.exists() and not os.access(secret, os.R_OK):
        raise Refused(f"{secret} belongs to another user: start Allclear as that user, or as root.")


def refuse_beyond_loopback(host: str) -> None:
    """The demo signs anybody in with one click, so it may be reached from this machine only."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError as error:
        raise Refused(f"Cannot listen on {host}: it is not an address of this machine.") from error
    if not all(ipaddress.ip_address(address[4][0]).is_loopback for address in found):
        raise Refused(
            f"The demo signs in without a password, so it does not listen on {host}: loopback only."
        )


def listen(host: str, port: int, *, said_by: str = "--port") -> socket.socket:
    """A listening socket, or Refused naming the port that is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        raise Refused(_why_not_listening(host, port, error, said_by)) from error
    return listener


def _why_not_listening(host: str, port: int, error: Exception, said_by: str) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Choose another with {said_by}."
    if code == errno.EACCES:
        return f"Port {port} may only be opened by root. Choose one above 1023 with {said_by}."
    if code == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"Cannot listen on {host}: it is not an address of this machine."
    return f"Cannot listen on {host}, port {port}: {error}."
