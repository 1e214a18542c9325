"""Are the figures month by month and quarter by quarter those that anybody would compute from the rows?"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from incidents.models import Incident
from insights.cohort import Scope
from insights.definitions import BY_KEY
from insights.series import EXACT, Z, label, next_start, rank, series, split_series, start_of
from tests.insights.test_history import RANKS, bring_in, needs_history

MTTR = BY_KEY["time_to_resolve"]


def everything() -> Scope:
    return Scope(Incident.objects.all())


def quantile(values: list[float], share: float) -> float:
    """Linear, as pandas: the default of `DataFrame.quantile`."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=10, method="inclusive")[round(share * 10) - 1]


def recomputed(rows, grain: str, zone: str = "UTC") -> dict[date, list[float]]:
    found = defaultdict(list)
    for row in rows:
        began, ended = (datetime.fromisoformat(row[name]) for name in ("started_at", "resolved_at"))
        first = start_of(began.astimezone(ZoneInfo(zone)).date(), grain)
        found[first].append((ended - began).total_seconds())
    return found


def agrees(buckets, wanted: dict[date, list[float]], goal: int | None = None) -> None:
    filled = {b.first: b for b in buckets if b.count}
    assert set(filled) == set(wanted)
    for first, values in wanted.items():
        bucket = filled[first]
        assert bucket.count == bucket.of == len(values)
        assert bucket.median == pytest.approx(median(values))
        assert bucket.p90 == pytest.approx(quantile(values, 0.9))
        if goal:
            assert bucket.within == sum(value <= goal for value in values)
        ordered, place = sorted(values), rank(len(values))
        interval = (ordered[place - 1], ordered[-place]) if place else (None, None)
        assert (bucket.low, bucket.high) == pytest.approx(interval) if place else interval == (None, None)


@needs_history
@pytest.mark.parametrize("grain", ["month", "quarter"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_every_cell_of_the_real_history_agrees_with_a_recomputation(db, rows, grain, zone):
    bring_in(rows)
    buckets = series(everything(), MTTR, grain, zone, goal=3600)
    agrees(buckets, recomputed(rows, grain, zone), 3600)
    assert [b.first for b in buckets[1:]] == [b.after for b in buckets[:-1]]  # no month is missing


@needs_history
@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_every_severity_of_the_real_history_agrees(db, rows, grain):
    bring_in(rows)
    found = split_series(everything(), MTTR, grain, "UTC", "severity", None, {"SEV3": 1800})
    for impact, sev in RANKS.items():
        wanted = recomputed([row for row in rows if row["impact"] == impact], grain)
        agrees(found[f"SEV{sev}"], wanted, 1800 if impact == "minor" else None)
        firsts = {buckets[0].first for buckets in found.values()}
        assert len(firsts) == 1  # all begin alike
    assert all(bucket.within is None for bucket in found["SEV2"])


@needs_history
def test_every_service_of_the_real_history_agrees(db, rows):
    bring_in(rows)
    found = split_series(everything(), MTTR, "quarter", "UTC", "service", None, {})
    names = {name for row in rows for name in row.get("components", [])}
    for name in names:
        agrees(found[name], recomputed([r for r in rows if name in r.get("components", [])], "quarter"))


def test_what_still_runs_is_counted_apart_and_in_no_median(past):
    at = datetime(2026, 3, 3, tzinfo=UTC)
    for n in range(6):
        past(at=at + timedelta(days=n), resolved=60)
    past(at=at)
    (march, *_) = series(everything(), MTTR, "month", "UTC")
    assert (march.of, march.count, march.running, march.median) == (7, 6, 1, 3600)


def test_under_five_there_is_no_median_but_each_value(past):
    for minutes in (10, 20, 30, 40):
        past(at=datetime(2026, 3, 3, tzinfo=UTC), resolved=minutes)
    (march, *_) = series(everything(), MTTR, "month", "UTC")
    assert march.known_median is march.known_p90 is None
    assert march.few == (600, 1200, 1800, 2400)


def test_months_begin_where_the_reader_is(past):
    past(at=datetime(2026, 3, 31, 20, tzinfo=UTC), resolved=10)
    months = [series(everything(), MTTR, "month", zone)[0].first for zone in ("UTC", "Asia/Tokyo")]
    assert months == [date(2026, 3, 1), date(2026, 4, 1)]


@given(st.dates(), st.sampled_from(["month", "quarter"]))
def test_every_day_is_in_exactly_one(day, grain):
    if day.year < 9999:
        first = start_of(day, grain)
        assert first <= day < next_start(first, grain)
        assert start_of(next_start(first, grain), grain) == next_start(first, grain)


def test_names():
    assert label(date(2026, 10, 1), "quarter") == "Q4 2026"
    assert label(date(2026, 10, 1), "month") == "Oct 2026"


def test_the_interval_encloses_the_median_in_95_of_100_samples():
    for n in [*range(1, 400), 1000, 5000, 100_000]:
        place = rank(n) if n <= EXACT else int((n + 1 - Z * n**0.5) // 2)
        if place == 0:
            assert n < 6
            continue
        assert 1 - 2 * binom.cdf(place - 1, n, 0.5) >= (0.95 if n <= EXACT else 0.9495)
        if n <= EXACT:  # and no narrower one does
            assert 1 - 2 * binom.cdf(place, n, 0.5) < 0.95
