"""How a sender proves that a payload is its own, where a key must be fetched for that; else see core/signatures.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class UnsignedError(ValueError):
    """A payload is not proven to be its sender's. The text says why, for its page."""


class SilentError(Exception):
    """Whoever is needed to check a signature does not answer now. The text says who, and how."""


class Proof(Protocol):
    """How a worker checks what is signed with a key that must be fetched first.

    Answers what became of the payload where that is all of it, else nothing. Raises UnsignedError, SilentError, UnreadableError.
    """

    def __call__(
        self, raw: bytes, headers: Mapping[str, str], *, topic: str, received_at: datetime
    ) -> str: ...
