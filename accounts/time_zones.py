"""The zones a person chooses from, grouped by region, with the time it is there."""

import zoneinfo
from datetime import UTC
from functools import cache
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


@cache  # reading the zone folder takes longer than rendering a page
def zone_names() -> tuple[str, ...]:
    return tuple(sorted(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in REGIONS))


def time_zone_choices() -> list:
    now = timezone.now()
    labelled = [
        (name, f"{name.replace('_', ' ')} · {now.astimezone(zoneinfo.ZoneInfo(name)):%H:%M} now")
        for name in zone_names()
    ]
    regions = groupby(labelled, key=lambda choice: choice[0].partition("/")[0])
    return [
        ("UTC", f"UTC · {now.astimezone(UTC):%H:%M} now"),
        *((region, list(choices)) for region, choices in regions),
    ]
