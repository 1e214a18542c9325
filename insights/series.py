"""A metric month by month or quarter by quarter: how many, median with its interval, p90, how many within the goal.

Quantiles are linear, as PostgreSQL's `percentile_cont` and pandas compute them. The interval of the median is the
distribution-free one between two order statistics (Conover, Practical Nonparametric Statistics, 3rd edition, §3.2):
it needs at least six values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import comb, floor, sqrt
from zoneinfo import ZoneInfo

from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import FEW, cohort_cte, rows
from insights.observing import EVERYTHING, KEYS, quantiles, seconds_of, sent

GRAINS = {"month": "Month", "quarter": "Quarter"}
EXACT = 200  # up to which the ranks are exact; beyond, the normal approximation with continuity correction
Z = 1.959963984540054  # 95%


@dataclass(frozen=True)
class Bucket:
    """The incidents that began in one month or quarter; lengths in seconds.

    `count` have a complete observation, `running` have begun it, `of` could have the metric. `few` are the single
    values where there are too few for a median, `within` how many were within the goal.
    """

    first: date
    after: date
    of: int = 0
    running: int = 0
    count: int = 0
    within: int | None = None
    median: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    few: Sequence[float] = ()

    @property
    def known_median(self) -> float | None:
        """None where there are too few for it."""
        return self.median if self.count >= FEW else None

    @property
    def known_p90(self) -> float | None:
        return self.p90 if self.count >= FEW else None

    @property
    def kept(self) -> float | None:
        """The share within the goal."""
        return self.within / self.count if self.within is not None and self.count else None


def start_of(day: date, grain: str) -> date:
    """The first day of the month or quarter that `day` is in."""
    return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1 if grain == "quarter" else day.month)


def next_start(first: date, grain: str) -> date:
    return start_of(first + timedelta(days=100 if grain == "quarter" else 31), grain)


def label(first: date, grain: str) -> str:
    """“Nov 2026”, “Q4 2026”."""
    return f"Q{(first.month + 2) // 3} {first.year}" if grain == "quarter" else f"{first:%b %Y}"


def series(scope: Scope, metric: Metric, grain: str, zone: str, goal: int | None = None) -> list[Bucket]:
    """Without gaps from the first month or quarter of the period that has an incident to its last one."""
    found = _read(scope, metric, grain, zone, EVERYTHING, goal, {}).get("", {})
    return _filled(found, scope, grain, zone)


def split_series(
    scope: Scope, metric: Metric, grain: str, zone: str, by: str, goal: int | None, goals: dict[str, int]
) -> dict[str, list[Bucket]]:
    """The same of each group in `KEYS[by]`; all begin and end alike. `goals`, in seconds by the name of the group, go
    before `goal`.
    """
    found = _read(scope, metric, grain, zone, by, goal, goals)
    if not found:
        return {}
    first = min(day for group in found.values() for day in group)
    return {key: _filled(group, scope, grain, zone, first) for key, group in found.items()}


def _filled(
    found: dict[date, Bucket], scope: Scope, grain: str, zone: str, first: date | None = None
) -> list[Bucket]:
    if not found:
        return []
    from_period = local_day(scope, zone)
    at = start_of(from_period, grain) if from_period else first or min(found)
    last, buckets = start_of(last_day(scope, zone), grain), []
    while at <= last:
        after = next_start(at, grain)
        buckets.append(found.get(at) or Bucket(at, after))
        at = after
    return buckets


def newest_known(buckets: Sequence[Bucket]) -> Bucket | None:
    """The newest with a median."""
    return next((bucket for bucket in reversed(buckets) if bucket.known_median is not None), None)


def local_day(scope: Scope, zone: str) -> date | None:
    return scope.since.astimezone(ZoneInfo(zone)).date() if scope.since else None


def last_day(scope: Scope, zone: str) -> date:
    """The last day that anything can be known of."""
    return (scope.horizon - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def _read(
    scope: Scope,
    metric: Metric,
    grain: str,
    zone: str,
    by: str,
    goal: int | None,
    goals: dict[str, int],
) -> dict[str, dict[date, Bucket]]:
    """{group: {first day: Bucket}}: one pass, one sort, whatever is asked of it."""
    assert grain in GRAINS
    key, join = KEYS[by]
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort}, goals (name, seconds) AS (SELECT unnest(%s::text[]), unnest(%s::float8[])),
        observed AS (
          SELECT {key} AS key, date_trunc('{grain}', c.began AT TIME ZONE %s)::date AS first, {metric.applies} AS may,
            CASE WHEN {metric.applies} THEN {metric.seconds} END AS s, {metric.lasted} AS lasted
          FROM cohort AS c {join} {metric.join})
        SELECT key, first, count(*) FILTER (WHERE may),
          count(*) FILTER (WHERE may AND s IS NULL AND lasted IS NOT NULL),
          count(s) FILTER (WHERE s <= coalesce((SELECT seconds FROM goals WHERE name = key), %s)), {sent("s")}
        FROM observed GROUP BY key, first HAVING count(*) FILTER (WHERE may) > 0""",
        (*params, list(goals), list(goals.values()), zone, goal),
    )
    groups: dict[str, dict[date, Bucket]] = {}
    for name, first, of, running, within, lengths in found:
        has_goal = goal is not None or name in goals
        bucket = _bucket(first, next_start(first, grain), of, running, within if has_goal else None, lengths)
        groups.setdefault(name, {})[first] = bucket
    return groups


def _bucket(
    first: date, after: date, of: int, running: int, within: int | None, lengths: memoryview | None
) -> Bucket:
    seconds = seconds_of(lengths)
    seconds.sort()
    n, place = seconds.size, rank(seconds.size)
    median, p90 = quantiles(seconds, 0.5, 0.9) or (None, None)
    low, high = (float(seconds[place - 1]), float(seconds[n - place])) if place else (None, None)
    few = tuple(seconds.tolist()) if n < FEW else ()
    return Bucket(first, after, of, running, n, within, median, p90, low, high, few)


@lru_cache(maxsize=EXACT + 1)
def rank(n: int) -> int:
    """Of n sorted values the r-th and the r-th from the end enclose the median with at least 95%; 0: none do."""
    if n > EXACT:
        return floor((n + 1 - Z * sqrt(n)) / 2)
    below, tail = 0, 0
    while (tail := tail + comb(n, below)) * 40 <= 2**n:
        below += 1
    return below
