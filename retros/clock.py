"""The clock of a session: what the server knows of it, for everybody who looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit import context
from retros.models import AgendaItem


@dataclass(frozen=True)
class Timer:
    """The part of the agenda that is on: running since `counts_from` (its earlier stretches included), or paused."""

    item: AgendaItem
    spent: timedelta
    counts_from: datetime | None

    @property
    def is_running(self) -> bool:
        return self.counts_from is not None

    @property
    def is_over(self) -> bool:
        return self.spent > timedelta(minutes=self.item.minutes)

    @property
    def ends_at(self) -> datetime | None:
        """When the part is over; None while the clock stands."""
        return self.counts_from + timedelta(minutes=self.item.minutes) if self.counts_from else None

    @property
    def left(self) -> str:
        """“4:20”, or “+1:12” over time."""
        seconds = round((timedelta(minutes=self.item.minutes) - self.spent).total_seconds())
        minutes, rest = divmod(abs(seconds), 60)
        return f"{'+' if seconds < 0 else ''}{minutes}:{rest:02d}"

    @property
    def clock(self) -> str:
        """21:40"""
        minutes, seconds = divmod(int(self.spent.total_seconds()), 60)
        return f"{minutes}:{seconds:02d}"


def spent_on(item: AgendaItem) -> timedelta:
    spent = timedelta(seconds=item.spent_seconds)
    return spent + (context.now() - item.running_since) if item.running_since else spent


def timekeeping(agenda: Iterable[AgendaItem]) -> Timer | None:
    """The running part, else the first that was begun and is not done, else none."""
    items = list(agenda)
    on = next((item for item in items if item.running_since), None)
    on = on or next((item for item in items if item.spent_seconds and not item.is_done), None)
    if on is None:
        return None
    spent = spent_on(on)
    return Timer(on, spent, context.now() - spent if on.running_since else None)
