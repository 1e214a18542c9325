"""Is uptime counted by the rule, once where intervals overlap, and right on days of 23 and 25 hours?"""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuspages.uptime import DAYS, ORDER, Span, last_days, merged, midnight, uptime, worst

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALWAYS = date(2020, 1, 1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STATES = ORDER[1:]


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


def test_the_worse_state_counts_where_two_overlap():
    spans = [Span(at(0), at(10), "degraded"), Span(at(4), at(6), "major_outage")]
    assert merged(spans, at(0), at(24)) == [
        Span(at(0), at(4), "degraded"),
        Span(at(4), at(6), "major_outage"),
        Span(at(6), at(10), "degraded"),
    ]


def test_neighbours_of_one_state_are_one():
    spans = [Span(at(0), at(2), "degraded"), Span(at(2), at(3), "degraded"), Span(at(1), None, "degraded")]
    assert merged(spans, at(0), at(5)) == [Span(at(0), at(5), "degraded")]


span = st.builds(
    lambda start, length, state: Span(at(start), None if length is None else at(start + length), state),
    st.integers(-50, 150),
    st.one_of(st.none(), st.integers(0, 60)),
    st.sampled_from(STATES),
)


@given(st.lists(span, max_size=12))
def test_merged_says_for_every_moment_what_the_worst_was(spans):
    begin, end = at(0), at(100)
    found = merged(spans, begin, end)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    for half in range(200):
        moment = at(half / 2 + 0.25)
        asked = worst(s.state for s in spans if s.start <= moment and (s.end is None or moment < s.end))
        said = worst(s.state for s in found if s.start <= moment < s.end)
        assert said == (asked if begin <= moment < end else "operational")


@given(st.lists(span, max_size=8), st.lists(span, max_size=4))
def test_more_trouble_never_makes_it_better(spans, more):
    now = at(100)
    less = uptime(spans, now=now, zone=BERLIN, since=ALWAYS)
    assert 0 <= uptime(spans + more, now=now, zone=BERLIN, since=ALWAYS) <= less <= 100
    assert uptime(spans + spans, now=now, zone=BERLIN, since=ALWAYS) == less


@pytest.mark.parametrize(
    ("state", "weight"),
    [("major_outage", 1), ("partial_outage", 0.3), ("degraded", 0), ("under_maintenance", 0)],
)
def test_the_weights(state, weight):
    begin = midnight(date(2026, 8, 26), BERLIN)  # 90 days with the 23rd of November
    observed = (NOON - begin).total_seconds()
    spans = [Span(NOON - timedelta(hours=10), NOON, state)]
    expected = 100 - 100 * weight * 36_000 / observed
    assert uptime(spans, now=NOON, zone=BERLIN, since=ALWAYS) == pytest.approx(expected, abs=0.011)


def test_never_rounded_up_to_a_clean_hundred():
    spans = [Span(NOON - timedelta(seconds=2), NOON, "major_outage")]
    assert uptime(spans, now=NOON, zone=BERLIN, since=ALWAYS) == 99.99


def test_a_younger_component_is_judged_by_its_own_days():
    since = date(2026, 11, 23)
    begin = midnight(since, BERLIN)
    spans = [Span(begin - timedelta(days=3), begin + (NOON - begin) / 2, "major_outage")]
    assert uptime(spans, now=NOON, zone=BERLIN, since=since) == 50
    days = last_days(spans, now=NOON, zone=BERLIN, since=since)
    assert [d.state for d in days] == [None] * (DAYS - 1) + ["major_outage"]
    assert uptime([], now=NOON, zone=BERLIN, since=date(2026, 11, 24)) is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 10, 24), 24)]
)
def test_a_day_has_as_many_hours_as_its_zone_says(day, hours):
    begin, end = midnight(day, BERLIN), midnight(day + timedelta(days=1), BERLIN)
    assert end - begin == timedelta(hours=hours)
    found = last_days(
        [Span(begin, end, "partial_outage")], now=end + timedelta(hours=12), zone=BERLIN, since=ALWAYS
    )
    assert [(d.on, d.state, d.lasted) for d in found if d.state != "operational"] == [
        (day, "partial_outage", timedelta(hours=hours))
    ]


def test_the_hour_that_comes_twice_belongs_to_its_day():
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    day = date(2026, 4, 5)  # clocks go back by half an hour
    begin = midnight(day, lord_howe)
    found = last_days(
        [Span(begin, begin + timedelta(hours=24, minutes=30), "degraded")],
        now=begin + timedelta(days=3),
        zone=lord_howe,
        since=ALWAYS,
    )
    assert [d.on for d in found if d.state == "degraded"] == [day]


@given(
    st.lists(span, max_size=8),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"]),
)
def test_ninety_days_without_gaps_in_any_zone(spans, name):
    zone = ZoneInfo(name)
    days = last_days(spans, now=at(100), zone=zone, since=ALWAYS)
    assert [d.on for d in days] == [days[0].on + timedelta(days=n) for n in range(DAYS)]
    assert days[-1].on == at(100).astimezone(zone).date()
