"""Does a rule name the days and the words that it means, and is a rule made to be slow still quick?"""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from statuspages.models import MaintenanceSeries
from statuspages.recurrence import MOST_INTERVAL, PLACES, WEEKDAYS, Recurrence
from statuspages.rules import in_words

TUESDAY = date(2026, 12, 1)


def days(most, **rule) -> list[str]:
    rule = {"first": TUESDAY} | rule
    return [str(d) for d in islice(Recurrence(**rule).begun().dates(), most)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"frequency": "daily", "interval": 2}, ["2026-12-01", "2026-12-03", "2026-12-05"]),
        ({"frequency": "weekly"}, ["2026-12-01", "2026-12-08", "2026-12-15"]),
        ({"frequency": "weekly", "weekdays": ("SU",)}, ["2026-12-06", "2026-12-13", "2026-12-20"]),
        (
            {"frequency": "weekly", "interval": 2, "weekdays": ("MO", "TH")},
            ["2026-12-03", "2026-12-14", "2026-12-17"],
        ),
        ({"frequency": "monthly", "weekdays": ("SU",), "month_on": "2"}, ["2026-12-13", "2027-01-10"]),
        ({"frequency": "monthly", "weekdays": ("FR",), "month_on": "-1"}, ["2026-12-25", "2027-01-29"]),
        ({"frequency": "monthly", "month_on": "last_day"}, ["2026-12-31", "2027-01-31", "2027-02-28"]),
        ({"frequency": "monthly", "first": date(2027, 1, 31)}, ["2027-01-31", "2027-03-31", "2027-05-31"]),
        (
            {"frequency": "monthly", "interval": 12, "first": date(2096, 2, 29)},
            ["2096-02-29", "2104-02-29"],
        ),
        ({"frequency": "daily", "count": 2}, ["2026-12-01", "2026-12-02"]),
        ({"frequency": "daily", "ends_on": date(2026, 12, 2)}, ["2026-12-01", "2026-12-02"]),
    ],
)
def test_the_days(rule, found):
    got = days(len(found) + ("count" in rule or "ends_on" in rule), **rule)
    assert got == found


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"frequency": "daily"}, "Repeats every day"),
        ({"frequency": "daily", "interval": 3}, "Repeats every 3 days"),
        ({"frequency": "weekly", "weekdays": ("SU",)}, "Repeats every Sunday"),
        (
            {"frequency": "weekly", "interval": 2, "weekdays": ("MO", "TH"), "count": 6},
            "Repeats every 2 weeks on Monday and Thursday, 6 times",
        ),
        (
            {"frequency": "weekly", "weekdays": tuple(WEEKDAYS)[:5]},
            "Repeats from Monday to Friday",
        ),
        (
            {"frequency": "monthly", "ends_on": date(2027, 3, 3)},
            "Repeats every month on day 1, until 3 March 2027",
        ),
        (
            {"frequency": "monthly", "month_on": "2", "weekdays": ("SU",)},
            "Repeats every month on the second Sunday",
        ),
        (
            {"frequency": "monthly", "interval": 3, "month_on": "last_day"},
            "Repeats every 3 months on the last day",
        ),
    ],
)
def test_the_words(rule, words):
    assert in_words(Recurrence(first=TUESDAY, **rule)) == words


@settings(max_examples=150)
@given(
    first=st.dates(date(2026, 1, 1), date(2096, 12, 31)),
    frequency=st.sampled_from(sorted(MOST_INTERVAL)),
    interval=st.integers(1, 90),
    weekdays=st.sets(st.sampled_from(sorted(WEEKDAYS)), min_size=1),
    month_on=st.sampled_from(["", "last_day", *PLACES]),
)
def test_every_rule_has_a_next_day_and_takes_no_time(first, frequency, interval, weekdays, month_on):
    interval = min(interval, MOST_INTERVAL[frequency])
    chosen = tuple(d for d in WEEKDAYS if d in weekdays)
    if frequency != "weekly":
        chosen = chosen[:1] if frequency == "monthly" and month_on in PLACES else ()
    rule = Recurrence(frequency, first, interval, chosen, month_on if frequency == "monthly" else "")
    began = time.process_time()
    rule = rule.begun()
    found = list(islice(rule.dates(), 2))
    assert len(found) == 2
    assert found[0] == rule.first
    assert next(rule.dates(after=found[1])) > found[1]
    assert time.process_time() - began < 0.5


def test_dateutil_reads_the_same_rule_from_text():
    text = "FREQ=MONTHLY;INTERVAL=2;BYDAY=2SU"
    expected = islice(rrulestr(text, dtstart=datetime(2026, 12, 13)), 6)
    rule = Recurrence("monthly", TUESDAY, 2, ("SU",), "2").begun()
    assert list(islice(rule.dates(), 6)) == [d.date() for d in expected]


def nightly(**facts) -> MaintenanceSeries:
    values = {
        "frequency": "daily", "first_on": date(2027, 3, 27), "begins_at": clock(2, 30),
        "time_zone": "Europe/Berlin", "duration": timedelta(hours=1),
    }  # fmt: skip
    return MaintenanceSeries(**values | facts)


def test_two_at_night_stays_two_at_night():
    found = [w.starts_at for w in islice(nightly(begins_at=clock(2)).windows(), 3)]
    assert found == [
        datetime(2027, 3, 27, 1, tzinfo=UTC),
        datetime(2027, 3, 28, 1, tzinfo=UTC),  # 02:00 is skipped: 03:00 in summer time
        datetime(2027, 3, 29, 0, tzinfo=UTC),
    ]


def test_an_hour_that_clocks_skip_or_repeat_is_known():
    assert [(str(w.wall.date()), skipped) for w, skipped in nightly().unclear()] == [
        ("2027-03-28", True),
        ("2027-10-31", False),
        ("2028-03-26", True),
    ]
    window = nightly().window(date(2027, 10, 31))
    assert window.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "the first of both"


def test_windows_that_overlap_are_found_also_on_the_shortest_day():
    assert nightly(duration=timedelta(hours=23)).overlap() is None
    one, _next = nightly(begins_at=clock(12), duration=timedelta(hours=24)).overlap()
    assert one.wall.date() == date(2027, 3, 27)
