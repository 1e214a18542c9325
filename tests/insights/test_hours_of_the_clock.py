"""Are responder hours, computed at once in SQL, those of the clock on the wall, also where clocks change?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents.models import Incident
from incidents.models.people import Participation
from insights.cohort import Scope
from insights.hours import responder_hours

ZONES = [
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "UTC",
]


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    began=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(5, 9 * 24 * 60),
    zone=st.sampled_from(ZONES),
)
@example(began=datetime(2026, 3, 28, 20), minutes=900, zone="Europe/Berlin")  # an hour is skipped
@example(began=datetime(2026, 10, 24, 20), minutes=900, zone="Europe/Berlin")  # an hour comes twice
def test_as_walked_minute_by_minute(past, responder, began, minutes, zone):
    began = began.replace(tzinfo=UTC)
    Participation.objects.all().delete()
    Participation.objects.create(
        incident=Incident.objects.first() or past(resolved=60),
        user=responder,
        joined_at=began,
        left_at=began + timedelta(minutes=minutes),
        last_active_at=began,
    )
    Participation.objects.count_work()
    walked = dict.fromkeys(("day", "evening", "night", "weekend"), 0)
    for minute in range(minutes):
        at = (began + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        band = "day" if 8 <= at.hour < 18 else "evening" if 18 <= at.hour < 23 else "night"
        walked["weekend" if at.isoweekday() > 5 else band] += 1
    found = responder_hours(Scope(Incident.objects.all()), zone)
    assert {band: round(hours * 60) for band, hours in found.items()} == walked
