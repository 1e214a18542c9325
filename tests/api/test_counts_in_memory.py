"""Does counting in memory forget what is over, without a thread for each request?"""

import threading

from limits import parse
from limits.strategies import FixedWindowRateLimiter

from api.rates import Counts

A_MINUTE = parse("2 per minute")


def test_no_thread_is_started():
    limiter, before = FixedWindowRateLimiter(Counts()), set(threading.enumerate())
    assert [limiter.hit(A_MINUTE, "token", "1") for _request in range(3)] == [True, True, False]
    assert set(threading.enumerate()) <= before


def test_what_is_over_is_forgotten():
    counts = Counts(cleared_every=0)
    counts.incr("over at once", expiry=0)
    counts.incr("runs", expiry=600)
    assert list(counts.expirations) == ["runs"]
    assert dict(counts.storage) == {"runs": 1}
    assert list(counts.locks) == ["runs"]


def test_nothing_is_cleared_with_every_request():
    counts = Counts(cleared_every=600)
    counts.incr("over at once", expiry=0)
    counts.incr("runs", expiry=600)
    assert set(counts.expirations) == {"over at once", "runs"}
