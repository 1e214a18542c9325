"""The days on which something repeats: the part of RFC 5545 that the forms offer, computed by dateutil."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dateutil import rrule

DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
FREQUENCIES = {DAILY: rrule.DAILY, WEEKLY: rrule.WEEKLY, MONTHLY: rrule.MONTHLY}
MOST_INTERVAL = {DAILY: 90, WEEKLY: 26, MONTHLY: 12}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SAME_DAY, LAST_DAY = "", "last_day"
PLACES = ("1", "2", "3", "4", "-1")
LOOKED_AHEAD = timedelta(days=3660)  # from 29 February of 2096 the next one is eight years away


@dataclass(frozen=True)
class Recurrence:
    """A rule of days. `first` is a day of the rule; `interval` and `count` are counted from it.

    `weekdays` are those of a week, or the one weekday of a month that `month_on` counts ("2": the second).
    """

    frequency: str
    first: date
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    month_on: str = SAME_DAY
    ends_on: date | None = None
    count: int | None = None

    def begun(self) -> "Recurrence":
        """The same rule, whose first day is the first one from `first` on that fits it."""
        every = replace(self, interval=1, ends_on=None, count=None)
        return replace(self, first=next(every.dates()))

    def dates(self, *, after: date | None = None) -> Iterator[date]:
        """The days in their order, those of the ten years from `first` or `after` on."""
        end = (after or self.first) + LOOKED_AHEAD
        if self.ends_on:
            end = min(end, self.ends_on)
        for moment in self._rule():
            day = moment.date()
            if day > end:
                return
            if after is None or day > after:
                yield day

    def left_from(self, day: date) -> int | None:
        """How many of `count` days there are from `day` on."""
        return self.count and sum(d >= day for d in self.dates())

    def _rule(self) -> rrule.rrule:
        chosen: dict = {}
        days = [getattr(rrule, name) for name in self.weekdays]
        if self.frequency == WEEKLY and days:
            chosen = {"byweekday": days}
        elif self.frequency == MONTHLY and self.month_on == LAST_DAY:
            chosen = {"bymonthday": -1}
        elif self.frequency == MONTHLY and self.month_on in PLACES and days:
            chosen = {"byweekday": [day(int(self.month_on)) for day in days]}
        start = datetime.combine(self.first, time())
        return rrule.rrule(
            FREQUENCIES[self.frequency], dtstart=start, interval=self.interval, count=self.count, **chosen
        )
