"""Do the figures agree with a count by hand?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from action_items.figures import ageing, counts, on_time, spans
from action_items.models import ActionItem

TODAY, ZONE = date(2026, 6, 30), ZoneInfo("Europe/Berlin")
FIRST = date(2026, 6, 1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def add(db):
    def run(state="open", *, due=None, done=None, age=0):
        return ActionItem.objects.create(
            title="x",
            state=state,
            due_on=due,
            done_at=done,
            created_at=at(TODAY - timedelta(days=age)),
            wont_do_reason="x" if state == "wont_do" else "",
            state_since=at(TODAY),
        )

    return run


def test_on_time_counts_what_was_due_and_past(add):
    add("done", due=date(2026, 6, 10), done=at(date(2026, 6, 9)))
    add("verified", due=date(2026, 6, 10), done=at(date(2026, 6, 10), 21))  # 23:00 in Berlin
    add("done", due=date(2026, 6, 10), done=at(date(2026, 6, 10), 23))  # the day after in Berlin
    add("open", due=date(2026, 6, 29))  # a miss
    add("open", due=TODAY)  # not over yet
    add("in_progress", due=None)
    add("wont_do", due=date(2026, 6, 12))
    add("done", due=date(2026, 5, 31), done=at(date(2026, 5, 1)))  # before the period
    found = on_time(ActionItem.objects.all(), first=FIRST, last=TODAY, today=TODAY, zone=ZONE)
    assert (found.on_time, found.due, found.given_up) == (2, 4, 1)
    assert (found.ratio, found.per_cent) == (0.5, 50)


def test_nothing_due_has_no_ratio(add):
    found = on_time(ActionItem.objects.all(), first=FIRST, last=TODAY, today=TODAY, zone=ZONE)
    assert (found.ratio, found.per_cent) == (None, None)


def test_ageing_puts_each_in_one_bucket(add):
    for age in (0, 30, 31, 60, 61, 90, 91, 400):
        add(age=age)
    add("done", age=10, done=at(TODAY))
    assert ageing(ActionItem.objects.all(), today=TODAY, zone=ZONE) == [
        ("0–30 days", 2),
        ("31–60 days", 2),
        ("61–90 days", 2),
        ("over 90 days", 2),
    ]


def test_counts(add):
    add(due=date(2026, 6, 29))
    add("in_progress")
    add("wont_do", due=date(2026, 6, 1))
    found = counts(ActionItem.objects.all(), today=TODAY)
    assert (found["unfinished"], found["overdue"], found["without_owner"], found["without_date"]) == (
        2,
        1,
        2,
        1,
    )
    assert (found["open"], found["in_progress"], found["wont_do"], found["done"]) == (1, 1, 1, 0)


def test_spans_end_with_done_and_are_cut_off_otherwise(add):
    add("done", age=10, done=at(TODAY - timedelta(days=3)))
    add("wont_do", age=5)
    add(age=8)
    found = spans(ActionItem.objects.order_by("pk"), now=at(TODAY + timedelta(days=1)))
    assert found == [(7.0, True), (5.0, False), (9.0, False)]
