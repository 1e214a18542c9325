"""What was installed or built last, so that it is done again only when its sources changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from programs import TOOLS

from launcher import progress
from launcher.preflight import Refused


def fingerprint(paths: list[Path]) -> str:
    """A digest over the names and contents of the files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        if path.is_file():
            digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read(name: str) -> str:
    path = TOOLS / name
    return path.read_text() if path.exists() else ""


def write(name: str, value: str) -> None:
    (TOOLS / name).write_text(value)


@contextmanager
def exclusively() -> Iterator[None]:
    """One installation at a time: two commands started together do not build into each other."""
    try:
        TOOLS.mkdir(exist_ok=True)
        descriptor = os.open(TOOLS / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Refused(
            f"Cannot write in {TOOLS}: {error.strerror}. Run this as the user the checkout belongs to."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with progress.step("Waiting for another command that installs here"):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
