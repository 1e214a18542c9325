"""Are silences, late rows and late detection found, once, and nothing else?"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from retros.gaps import SILENCE, Told, find_gaps

T = datetime(2025, 11, 17, 13, tzinfo=UTC)


def at(minutes):
    return T + timedelta(minutes=minutes)


def told(*minutes, **more):
    return [Told(n, at(m), f"row {n}", **more) for n, m in enumerate(minutes)]


def find(rows, **more):
    facts = {"active": (at(0), at(60)), "started_at": at(0), "detected_at": at(1)}
    return find_gaps(rows, **facts | more)


def test_a_long_silence_while_it_was_active():
    (gap,) = find(told(0, 10, 40, 50))
    assert (gap.gap, gap.began, gap.ended, gap.key) == ("missing", at(10), at(40), "silence:20251117T131000")


def test_before_and_after_is_no_silence_nor_is_a_stretch_that_is_told():
    assert find(told(-60, 0, 14, 28, 42, 56, 300)) == []
    assert find([Told(1, at(0), "x", ended_at=at(50))]) == []
    assert find(told(0), active=None) == []


def test_a_row_written_down_late():
    (gap,) = find([*told(0, 14, 28, 42, 56), Told(9, at(20), "paged", recorded_at=at(35))])
    assert (gap.key, gap.gap, gap.ended) == ("late:9", "delayed", at(35))
    assert find([*told(0, 14, 28, 42, 56), Told(9, at(20), "paged", recorded_at=at(34))]) == []


def test_detection_long_after_impact_began():
    (gap,) = find(told(0, 14, 28, 42, 56), detected_at=at(15))
    assert (gap.key, gap.began, gap.ended) == ("detection", at(0), at(15))
    assert find(told(0, 14, 28, 42, 56), detected_at=None) == []


def test_what_is_answered_is_not_offered_again():
    assert find(told(0, 10, 40, 50), answered=frozenset({"silence:20251117T131000"})) == []


@given(st.lists(st.integers(-30, 90), max_size=30))
def test_silences_lie_in_the_active_time_and_hold_no_row(minutes):
    rows = told(*minutes)
    for gap in find(rows):
        assert at(0) <= gap.began < gap.ended <= at(60)
        assert gap.length >= SILENCE
        assert not any(gap.began < row.at < gap.ended for row in rows)
