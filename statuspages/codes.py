"""Codes of status pages: a number in an address that tells nothing of it, and can be read back.

A code is the number, 60 bits, after six rounds of a Feistel network (Luby and Rackoff, 1988) with keys of the page's
seed and of what the code stands for. Nobody without the seed can tell a number from it or guess a code; we read the
number of any code, and look it up by index.
"""

from functools import lru_cache
from hashlib import blake2b

from django.utils.crypto import salted_hmac

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
LENGTH = 12
ROUNDS = 6
HALF = 30  # bits
MASK = (1 << HALF) - 1


def code_of(seed: str, kind: str, number: int) -> str:
    left, right = number >> HALF, number & MASK
    for key in _keys(seed, kind):
        left, right = right, left ^ _mixed(key, right)
    mixed = left << HALF | right
    return "".join(LETTERS[mixed >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def number_of(seed: str, kind: str, code: str) -> int:
    """The number of a well-formed code; of one that nobody has made, some number that nothing has."""
    mixed = 0
    for letter in code:
        mixed = mixed << 5 | LETTERS.index(letter)
    left, right = mixed >> HALF, mixed & MASK
    for key in reversed(_keys(seed, kind)):
        left, right = right ^ _mixed(key, left), left
    return left << HALF | right


@lru_cache(maxsize=1024)
def _keys(seed: str, kind: str) -> tuple[bytes, ...]:
    return tuple(
        salted_hmac("statuspages", f"{kind}:{number}", secret=seed, algorithm="sha256").digest()
        for number in range(ROUNDS)
    )


def _mixed(key: bytes, half: int) -> int:
    return int.from_bytes(blake2b(half.to_bytes(4), key=key, digest_size=4).digest()) & MASK
