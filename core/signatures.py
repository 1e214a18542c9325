"""How a sender proves that a request is its own, with a secret that it and this installation share."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Signature:
    """An HMAC-SHA256 of the body (RFC 2104) in hex, in a header; there may be several, between commas."""

    header: str
    secret: str  # what the sender calls the secret, and where it shows it
    before: str = ""  # stands before the hex

    def is_right(self, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
        wanted = self.before + hmac.new(secret.encode(), body, "sha256").hexdigest()
        return any(_same(one.strip(), wanted) for one in headers.get(self.header, "").split(","))


@dataclass(frozen=True)
class SharedToken(Signature):
    """The secret itself in a header."""

    def is_right(self, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
        return _same(headers.get(self.header, ""), secret)


def _same(told: str, wanted: str) -> bool:
    """Takes as long for a wrong one as for a right one. Headers are read as Latin-1, whatever their bytes mean."""
    return hmac.compare_digest(told.encode("latin-1", "replace"), wanted.encode("utf-8", "replace"))
