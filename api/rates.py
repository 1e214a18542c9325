"""How many requests a token may send, counted by the library `limits`.

Headers: RateLimit-Policy and RateLimit as in draft-ietf-httpapi-ratelimit-headers-10, and the older X-RateLimit-*.
"""

import time
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from rest_framework.exceptions import Throttled
from rest_framework.request import Request


@cache
def _limiter() -> RateLimiter:
    """With Redis all processes count together; without, each web process by itself."""
    return FixedWindowRateLimiter(storage_from_string(settings.REDIS_URL or "memory://"))


@cache
def _rate(written: str) -> RateLimitItem:
    return parse(written)


def count_request(request: Request) -> dict[str, str]:
    """Count one request and return the headers that say what is left. Raises Throttled past the limit."""
    if request.auth is not None:
        who = ("token", str(request.auth.pk))
    elif request.user.is_authenticated:
        who = ("person", str(request.user.pk))
    else:
        return count_address(request)
    return _count(settings.API_RATE, who)


def count_address(request: Request) -> dict[str, str]:
    """The same for a request without a token that works."""
    return _count(settings.API_RATE_UNKNOWN, ("address", request.META.get("REMOTE_ADDR", "")))


def _count(written: str, who: tuple[str, str]) -> dict[str, str]:
    rate = _rate(written)
    is_allowed = _limiter().hit(rate, "api", *who)
    stats = _limiter().get_window_stats(rate, "api", *who)
    left, wait = max(0, stats.remaining), max(0, round(stats.reset_time - time.time()))
    if not is_allowed:
        raise Throttled(
            wait=max(1, wait), detail=f"At most {rate.amount} requests in {rate.get_expiry()} seconds."
        )
    return {
        "RateLimit-Policy": f'"{who[0]}";q={rate.amount};w={rate.get_expiry()}',
        "RateLimit": f'"{who[0]}";r={left};t={wait}',
        "X-RateLimit-Limit": str(rate.amount),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(wait),
    }
