"""Does “14:32 rolled back” mean what its author means?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from incidents.forms.timeline import split_time

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_a_local_time_of_today():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        moment, text = split_time("12:32 rolled back", now=NOON)
    assert (moment, text) == (datetime(2026, 3, 10, 11, 32, tzinfo=UTC), "rolled back")


def test_utc_when_it_says_so():
    assert split_time("11:32Z rolled back", now=NOON)[0] == datetime(2026, 3, 10, 11, 32, tzinfo=UTC)
    assert split_time("11:32:07 UTC rolled back", now=NOON)[0] == datetime(2026, 3, 10, 11, 32, 7, tzinfo=UTC)


def test_a_time_still_to_come_was_yesterday():
    assert split_time("23:50 first page", now=NOON)[0] == datetime(2026, 3, 9, 23, 50, tzinfo=UTC)


def test_text_that_only_looks_like_a_time_stays():
    for text in ("12:75 nonsense", "25:00 x", "12:30", "ratio 3:1 now", "12:30pm"):
        assert split_time(text, now=NOON) == (None, text)


@given(st.text(max_size=60), st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))
def test_never_in_the_future_and_never_loses_words(text, naive):
    now = naive.replace(tzinfo=UTC)
    moment, rest = split_time(text, now=now)
    assert rest == text.strip() or text.strip().endswith(rest)
    assert moment is None or now - timedelta(days=2) < moment <= now


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"]),
)
def test_any_clock_time_in_any_zone(hour, minute, zone):
    with timezone.override(ZoneInfo(zone)):
        moment, rest = split_time(f"{hour:02d}:{minute:02d} x", now=NOON)
    assert rest == "x"
    assert moment is not None
    local = moment.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (hour, minute)
    assert timedelta(0) <= NOON - moment < timedelta(days=1, hours=1)
