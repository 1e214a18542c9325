"""Codes of status pages: what a thing is called in addresses, feeds and the interface, and finding it again.

A code is the beginning of a keyed hash, so it is stable and tells nothing of numbers. To find a number again, hashes
are compared: those of the newest numbers first, as they are read most, and then those of all, each of which is
computed once a process and kept in 8 bytes.
"""

from array import array
from base64 import b32decode, b32encode
from functools import lru_cache
from threading import Lock

from django.utils.crypto import salted_hmac

LENGTH = 12  # letters of five bits
NEWEST = 500  # numbers whose hashes are computed anew for each question


@lru_cache(maxsize=20_000)  # a page asks for the same codes each time it is drawn
def code_of(seed: str, kind: str, number: int) -> str:
    return b32encode(_digest(seed, kind, number)).decode().lower()[:LENGTH]


def number_of(seed: str, kind: str, code: str, newest: int) -> int | None:
    """The number from 1 to `newest` that has this code, or None."""
    wanted = _beginning(b32decode(f"{code.upper()}AAAA"))
    for number in range(newest, max(newest - NEWEST, 0), -1):
        if _beginning(_digest(seed, kind, number)) == wanted:
            return number
    return _hashes_of(seed, kind).find(wanted, newest)


class _Hashes:
    """The hashes of one page's things of a kind, from number 1 up."""

    def __init__(self, seed: str, kind: str) -> None:
        self.seed, self.kind = seed, kind
        self.known = array("Q")
        self.lock = Lock()

    def find(self, wanted: int, newest: int) -> int | None:
        with self.lock:
            for number in range(len(self.known) + 1, newest + 1):
                self.known.append(_beginning(_digest(self.seed, self.kind, number)))
        try:
            number = self.known.index(wanted) + 1
        except ValueError:
            return None
        return number if number <= newest else None


@lru_cache(maxsize=64)
def _hashes_of(seed: str, kind: str) -> _Hashes:
    return _Hashes(seed, kind)


def _digest(seed: str, kind: str, number: int) -> bytes:
    return salted_hmac("statuspages", f"{kind}:{number}", secret=seed, algorithm="sha256").digest()


def _beginning(digest: bytes) -> int:
    """The 60 bits that a code holds."""
    return int.from_bytes(digest[:8]) >> 4
