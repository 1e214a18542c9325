"""Quiet hours: wall-clock times in a person's own zone, made into instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(*, start: time | None, end: time | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours running at `now` (aware) end, in UTC; None outside them, or where none are set.

    `start` after `end` means over midnight. On the night a clock goes back an hour happens twice: it is quiet from
    the first `start` to the last `end`. A time that a clock going forward leaves out counts as just after it.
    """
    if start is None or end is None or start == end:
        return None
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        last = day if start < end else day + timedelta(days=1)
        begins, ends = _instants(day, start, zone)[0], max(_instants(last, end, zone))
        if begins <= now < ends:
            return ends
    return None


def _instants(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The one or two instants that a wall clock shows as `clock`, in UTC."""
    wall = datetime.combine(day, clock, tzinfo=zone)
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
