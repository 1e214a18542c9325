"""The offsets of a time zone as a list, for sums over very many moments."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

FIRST = datetime(1970, 1, 5, tzinfo=UTC)
YEARS_AHEAD = 2
STEP = timedelta(days=7)  # no zone changes its clocks twice within it


def offsets_of(zone: str) -> tuple[tuple[float, float], ...]:
    """(from, seconds east of UTC) in order; the first one stands for all time before as well."""
    return _offsets_of(zone, timezone.now().year + YEARS_AHEAD)


@lru_cache(maxsize=64)
def _offsets_of(zone: str, year: int) -> tuple[tuple[float, float], ...]:
    clock, last = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    found = [(float("-inf"), _seconds(FIRST, clock))]
    at = FIRST
    while at < last:
        after = at + STEP
        if _seconds(after, clock) != found[-1][1]:
            found.append((_change(at, after, clock).timestamp(), _seconds(after, clock)))
        at = after
    return tuple(found)


def _change(before: datetime, after: datetime, clock: ZoneInfo) -> datetime:
    """The second in which the offset changes between the two."""
    old = _seconds(before, clock)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _seconds(middle, clock) == old else (before, middle)
    return after


def _seconds(at: datetime, clock: ZoneInfo) -> float:
    offset = at.astimezone(clock).utcoffset()
    return offset.total_seconds() if offset else 0.0
