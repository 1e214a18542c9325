"""How well a component was, from the intervals in which it was not. Pure: no database, no clock.

Uptime follows Atlassian Statuspage's published rule (help.statuspage.io, “Uptime Showcase”): a major outage counts
in full, a partial outage for 30%, degraded performance and maintenance not at all:

    uptime = 1 - (major + 0.3 × partial) ÷ observed

over the last 90 calendar days of the page's time zone, today included, or since the component is tracked. Where
intervals overlap, the worse one counts, once. The figure is rounded down: 99.999% is never shown as 100%.
"""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

DAYS = 90
OPERATIONAL, MAINTENANCE = "operational", "under_maintenance"
ORDER = [OPERATIONAL, MAINTENANCE, "degraded", "partial_outage", "major_outage"]
WEIGHT = {"partial_outage": 0.3, "major_outage": 1.0}


@dataclass(frozen=True)
class Span:
    """`state` from `start` until before `end` (aware); None: still."""

    start: datetime
    end: datetime | None
    state: str


@dataclass(frozen=True)
class Day:
    """`state` is the worst of the day, None before the component was tracked."""

    on: date
    state: str | None
    lasted: timedelta = timedelta()


def worst(states: Iterable[str]) -> str:
    return max(states, key=ORDER.index, default=OPERATIONAL)


def merged(spans: Iterable[Span], begin: datetime, end: datetime) -> list[Span]:
    """What was the case from `begin` to `end`: in order, without overlaps, the worse state where two met."""
    moments: dict[datetime, Counter[str]] = {}
    for span in spans:
        start, stop = max(span.start, begin), min(span.end or end, end)
        if start < stop:
            moments.setdefault(start, Counter())[span.state] += 1
            moments.setdefault(stop, Counter())[span.state] -= 1
    running: Counter[str] = Counter()
    found: list[Span] = []
    times = sorted(moments)
    for at, until in itertools.pairwise(times):
        running.update(moments[at])
        state = worst(s for s, count in running.items() if count > 0)
        if state == OPERATIONAL:
            continue
        if found and found[-1].end == at and found[-1].state == state:
            found[-1] = Span(found[-1].start, until, state)
        else:
            found.append(Span(at, until, state))
    return found


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When `day` begins in `zone`, as UTC: days of 23 or 25 hours then come out right by themselves."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def last_days(spans: Iterable[Span], *, now: datetime, zone: ZoneInfo, since: date) -> list[Day]:
    """The last 90 days of `zone`, today last, each with its worst state and how long that lasted."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    whole = merged(spans, midnight(max(first, since), zone), now)
    days, place = [], 0
    for back in range(DAYS):
        on = first + timedelta(days=back)
        begin, end = midnight(on, zone), midnight(on + timedelta(days=1), zone)
        if on < since:
            days.append(Day(on, None))
            continue
        while place < len(whole) and _end(whole[place]) <= begin:
            place += 1
        inside: Counter[str] = Counter()
        for span in whole[place:]:
            if span.start >= end:
                break
            seconds = (min(_end(span), end) - max(span.start, begin)).total_seconds()
            inside[span.state] += seconds  # type: ignore[assignment]  # seconds may be a fraction
        state = worst(inside)
        days.append(Day(on, state, timedelta(seconds=inside[state])))
    return days


def uptime(spans: Iterable[Span], *, now: datetime, zone: ZoneInfo, since: date) -> float | None:
    """Per cent, two decimals, rounded down; None before the first day."""
    first = now.astimezone(zone).date() - timedelta(days=DAYS - 1)
    begin = midnight(max(first, since), zone)
    observed = (now - begin).total_seconds()
    if observed <= 0:
        return None
    down = sum(
        WEIGHT.get(span.state, 0.0) * (_end(span) - span.start).total_seconds()
        for span in merged(spans, begin, now)
    )
    return floor(1e4 * (1 - down / observed)) / 100


def _end(span: Span) -> datetime:
    assert span.end is not None  # merged() closes every span
    return span.end
