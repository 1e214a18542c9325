"""How many requests a token may send, and all tokens of one account together, counted by the library `limits`.

Headers: RateLimit-Policy and RateLimit as in draft-ietf-httpapi-ratelimit-headers-10, and the older X-RateLimit-*.
"""

import threading
import time
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

TOKENS_AT_ONCE = 5
"""An account may send as many times what one of its tokens may: more tokens than that send no more."""


CLEARED_EVERY = 60  # seconds


class Counts(MemoryStorage):
    """Counts in memory. What is over is cleared once a minute, where the library starts a thread for each request."""

    STORAGE_SCHEME = ["allclear-memory"]

    def __init__(self, *, cleared_every: float = CLEARED_EVERY) -> None:
        super().__init__()
        self.cleared_every = cleared_every
        self.timer.join()
        self.timer = threading.main_thread()  # type: ignore[assignment]  # alive, so none is started
        self.cleared_at = time.monotonic()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        if time.monotonic() - self.cleared_at >= self.cleared_every:
            self.cleared_at = time.monotonic()
            for known in list(self.expirations):
                self.get(known)  # forgets it where it is over
        return super().incr(key, expiry, amount)


@cache
def limiter() -> RateLimiter:
    """With Redis all processes count together; without, each web process by itself."""
    return FixedWindowRateLimiter(storage_from_string(settings.REDIS_URL) if settings.REDIS_URL else Counts())


@cache
def _rate(written: str) -> RateLimitItem:
    return parse(written)


@cache
def _rate_of_account(written: str) -> RateLimitItem:
    rate = _rate(written)
    return type(rate)(rate.amount * TOKENS_AT_ONCE, rate.multiples)


def count_request(request: Request) -> dict[str, str]:
    """Count one request and return the headers that say what is left. Raises Throttled past a limit.

    The headers are about the token: that of the account is met only by somebody who uses many at once.
    """
    if request.auth is not None:
        who = ("token", str(request.auth.pk))
    elif request.user.is_authenticated:
        who = ("person", str(request.user.pk))
    else:
        return count_address(request)
    headers = _count(
        _rate(settings.API_RATE), who
    )  # one token past its own limit takes nothing from the others
    _hit(
        _rate_of_account(settings.API_RATE), ("account", str(request.user.pk)), " by all tokens of an account"
    )
    return headers


def count_address(request: Request) -> dict[str, str]:
    """The same for a request without a token that works."""
    return _count(_rate(settings.API_RATE_UNKNOWN), ("address", request.META.get("REMOTE_ADDR", "")))


def _hit(rate: RateLimitItem, who: tuple[str, str], by: str = "") -> None:
    if not limiter().hit(rate, "api", *who):
        wait = round(limiter().get_window_stats(rate, "api", *who).reset_time - time.time())
        raise Throttled(
            wait=max(1, wait), detail=f"At most {rate.amount} requests in {rate.get_expiry()} seconds{by}."
        )


def _count(rate: RateLimitItem, who: tuple[str, str]) -> dict[str, str]:
    _hit(rate, who)
    stats = limiter().get_window_stats(rate, "api", *who)
    left, wait = max(0, stats.remaining), max(0, round(stats.reset_time - time.time()))
    return {
        "RateLimit-Policy": f'"{who[0]}";q={rate.amount};w={rate.get_expiry()}',
        "RateLimit": f'"{who[0]}";r={left};t={wait}',
        "X-RateLimit-Limit": str(rate.amount),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(wait),
    }
