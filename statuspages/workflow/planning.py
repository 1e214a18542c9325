"""A repeating maintenance from what a person or a program says of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from statuspages.models import Frequency, MaintenanceSeries, StatusPage
from statuspages.recurrence import PLACES, SAME_DAY, WEEKDAYS


def planned_series(
    *,
    page: StatusPage,
    starts_at: datetime,
    ends_at: datetime,
    frequency: str,
    interval: int = 1,
    weekdays: Sequence[str] = (),
    month_on: str = SAME_DAY,
    month_weekday: str = "",
    ends_on: date | None = None,
    count: int | None = None,
    **told: Any,
) -> MaintenanceSeries:
    """Not stored and not checked yet. Its first window begins at `starts_at`, or on the first day that fits the rule.

    What does not belong to the frequency is left out; a weekday that is not said is that of `starts_at`.
    """
    is_monthly = frequency == Frequency.MONTHLY
    series = MaintenanceSeries(
        page=page,
        time_zone=page.time_zone,
        duration=ends_at - starts_at,
        frequency=frequency,
        interval=interval,
        month_on=month_on if is_monthly else SAME_DAY,
        ends_on=ends_on,
        count=count,
        **told,
    )
    own = WEEKDAYS[starts_at.astimezone(series.zone).weekday()]
    if frequency == Frequency.WEEKLY:
        series.weekdays = ",".join(weekdays or [own])
    elif is_monthly and month_on in PLACES:
        series.weekdays = month_weekday or own
    series.set_beginning(starts_at)
    return series
