"""The zones a person chooses from, grouped by region, with the time it is there."""

import zoneinfo
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import groupby

from django.utils import timezone

REGIONS = {
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}


@cache  # reading 600 files takes longer than rendering a page
def _zones() -> dict[str, zoneinfo.ZoneInfo]:
    names = sorted(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in REGIONS)
    return {name: zoneinfo.ZoneInfo(name) for name in names}


def time_zone_choices() -> list:
    return _choices_at(timezone.now().replace(second=0, microsecond=0))


@lru_cache(maxsize=1)  # the same for everybody until the minute is over
def _choices_at(minute: datetime) -> list:
    labelled = [
        (name, f"{name.replace('_', ' ')} · {minute.astimezone(zone):%H:%M} now")
        for name, zone in _zones().items()
    ]
    regions = groupby(labelled, key=lambda choice: choice[0].partition("/")[0])
    return [
        ("UTC", f"UTC · {minute.astimezone(UTC):%H:%M} now"),
        *((region, list(choices)) for region, choices in regions),
    ]
