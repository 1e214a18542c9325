"""Are pasted lines read as people write them, and refused with a reason where they cannot be?"""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retros.imports.lines import read_lines

BERLIN, DAY, NOW = ZoneInfo("Europe/Berlin"), date(2025, 11, 17), datetime(2026, 1, 1, tzinfo=UTC)


def read(text, day=DAY, zone=BERLIN, people=None):
    return read_lines(text, zone=zone, day=day, now=NOW, people=people)


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        ("14:32 rolled back", "2025-11-17T13:32:00", "rolled back"),
        ("- 14:35:10Z page went quiet", "2025-11-17T14:35:10", "page went quiet"),
        ("[14:40] looks good", "2025-11-17T13:40:00", "looks good"),
        ("14:41 UTC - done", "2025-11-17T14:41:00", "done"),
        ("14:42 EST failed", "2025-11-17T19:42:00", "failed"),
        ("14:44 DNS failed", "2025-11-17T13:44:00", "DNS failed"),
        ("14:45 +05:30 call", "2025-11-17T09:15:00", "call"),
        ("14:50 Europe/London hello", "2025-11-17T14:50:00", "hello"),
        ("2:32 pm – afternoon", "2025-11-17T13:32:00", "afternoon"),
        ("12:05 am: after midnight", "2025-11-16T23:05:00", "after midnight"),
        ("18 Nov 02:10 new day", "2025-11-18T01:10:00", "new day"),
        ("Nov 19th, 2025 3:05 pm x", "2025-11-19T14:05:00", "x"),
        ("Tue 18 Nov 2025, 02:10 x", "2025-11-18T01:10:00", "x"),
        ("2025-11-20T10:00:05Z iso", "2025-11-20T10:00:05", "iso"),
        ("20.11.2025 12:00 day first", "2025-11-20T11:00:00", "day first"),
        ("25/11/2025 12:00 no doubt", "2025-11-25T11:00:00", "no doubt"),
        ("14.55 dots", "2025-11-17T13:55:00", "dots"),
        ("* **14:32:00** (13:32:00Z) Note: exported", "2025-11-17T13:32:00", "Note: exported"),
    ],
)
def test_a_line(line, at, text):
    reading = read(line)
    assert reading.refused == []
    assert [(row.occurred_at.replace(tzinfo=None).isoformat(), row.text) for row in reading.rows] == [
        (at, text)
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("rolled back", "does not begin with a time"),
        ("25:00 x", "There is no 25:00"),
        ("14:72 x", "There is no 14:72"),
        ("13:05 pm x", "There is no 13:05 pm"),
        ("14:32", "no text"),
        ("14:43 CST x", "several zones"),
        ("11/12/2025 12:00 x", "two ways"),
        ("31 Feb 2025 12:00 x", "There is no 31 Feb"),
        ("2027-01-01 12:00 x", "future"),
        ("1969-01-01 12:00 x", "Check the year"),
        ("30 Mar 2025 02:30 x", "does not exist in Europe/Berlin"),
        ("26 Oct 2025 02:30 x", "was twice in Europe/Berlin: the clocks went back. Write +02:00 or +01:00"),
        ("14:32 " + "x" * 2001, "longer than"),
        ("14:32 a\0b", "character"),
    ],
)
def test_a_refused_line_says_its_number_and_why(line, reason):
    reading = read("09:00 fine\n" + line)
    assert [refusal.line for refusal in reading.refused] == [2]
    assert reason in reading.refused[0].reason
    assert len(reading.rows) == 1


def test_the_hour_that_was_twice_is_read_with_its_offset():
    reading = read("26 Oct 2025 02:30 +02:00 first\n26 Oct 2025 02:30 +01:00 second")
    assert [row.occurred_at.hour for row in reading.rows] == [0, 1]


def test_times_go_on_past_midnight_and_below_a_date():
    reading = read("23:58 late\n00:03 next day\n2025-11-20\n11:00 under it")
    assert [row.occurred_at.isoformat() for row in reading.rows] == [
        "2025-11-17T22:58:00+00:00", "2025-11-17T23:03:00+00:00", "2025-11-20T10:00:00+00:00",
    ]  # fmt: skip


def test_lines_in_any_order_come_out_by_time_and_twice_the_same_is_one():
    reading = read("14:40 b\n14:30 a\n14:40  B")
    assert [row.text for row in reading.rows] == ["a", "b"]


def test_an_indented_line_belongs_to_the_one_above_and_a_known_name_is_who():
    (row,) = read("14:40 Ana: looks good\n   on zone b too", people={"ana": 7}).rows
    assert (row.actor_id, row.text, row.detail) == (7, "looks good", "on zone b too")
    (stranger,) = read("14:40 Zed: looks good", people={"ana": 7}).rows
    assert (stranger.actor_id, stranger.text) == (None, "Zed: looks good")


def test_an_indented_line_below_what_was_refused_belongs_to_no_other_row():
    reading = read("14:30 first\n31 Feb 2025 12:00 second\n   of the second\n2025-11-20\n   of no row")
    assert [(row.text, row.detail) for row in reading.rows] == [("first", "")]
    assert [refusal.line for refusal in reading.refused] == [2, 3, 5]


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2025, 12, 31)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["Z", " UTC", "+00:00"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60).filter(str.strip),
)
def test_what_is_written_out_is_read_back(at, zone, text):
    reading = read(f"{at:%Y-%m-%d %H:%M:%S}{zone} w{text}")
    assert [(row.occurred_at, row.text) for row in reading.rows] == [(at.replace(tzinfo=UTC), f"w{text}")]


@given(st.text(max_size=400))
def test_every_line_is_read_refused_or_empty_and_nothing_breaks(text):
    reading = read(text)
    assert len(reading.rows) + len(reading.refused) <= len(text.splitlines())
    assert all(refusal.reason for refusal in reading.refused)
    assert reading.rows == sorted(reading.rows, key=lambda row: row.occurred_at)


@given(st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=40))
def test_a_later_time_never_comes_out_before_an_earlier_one_of_the_same_line_of_days(minutes):
    lines = [f"{m // 60:02}:{m % 60:02} row {n}" for n, m in enumerate(minutes)]
    rows = {row.text: row.occurred_at for row in read("\n".join(lines), zone=ZoneInfo("UTC")).rows}
    told = [rows[f"row {n}"] for n in range(len(minutes))]
    assert all(b - a > -timedelta(hours=12, minutes=1) for a, b in itertools.pairwise(told))
