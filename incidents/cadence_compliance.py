"""Did we speak when we said we would? Per audience: due times kept, time overdue, the longest silence.

Cadence compliance = updates published by their due time (with a grace of 2 min or 10% of the wait, whichever is
longer) ÷ updates due; beside it the share of the time that an update was overdue, and the longest silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from incidents.models import Audience, DueTime, Incident, StatusUpdate

FEW = timedelta(minutes=2)


@dataclass(frozen=True)
class Stretch:
    """From one update to the next, or to now: what was due within it."""

    since: datetime
    due: datetime
    ended: datetime
    is_answered: bool
    is_open: bool = False

    @property
    def grace(self) -> timedelta:
        return max(FEW, (self.due - self.since) / 10)

    @property
    def is_late(self) -> bool:
        return self.ended > self.due + self.grace

    @property
    def overdue(self) -> timedelta:
        return max(self.ended - self.due, timedelta())

    @property
    def counts(self) -> bool:
        """What is still within its time, or within the grace, is neither kept nor missed yet."""
        return not self.is_open or self.is_late


@dataclass
class Kept:
    """One audience's share of an incident's promises."""

    audience: str
    began: datetime
    until: datetime
    stretches: list[Stretch] = field(default_factory=list)
    words: list[datetime] = field(default_factory=list)
    next_due: datetime | None = None

    @property
    def label(self) -> str:
        return str(Audience(self.audience).label)

    @property
    def due(self) -> int:
        return sum(s.counts for s in self.stretches)

    @property
    def on_time(self) -> int:
        return sum(s.counts and not s.is_late for s in self.stretches)

    @property
    def overdue(self) -> timedelta:
        return sum((s.overdue for s in self.stretches), timedelta())

    @property
    def overdue_share(self) -> int:
        """Percent of the time it ran."""
        whole = self.until - self.began
        return round(100 * self.overdue / whole) if whole else 0

    @property
    def silence(self) -> timedelta:
        """The longest time without a word to them; that it was over counts once they were told so."""
        during = [at for at in self.words if self.began < at <= self.until]
        end = min((at for at in self.words if at > self.until), default=self.until)
        return max((b - a for a, b in pairwise([self.began, *during, end])), default=timedelta())


def kept_rows() -> dict[str, ArraySubquery]:
    """Annotations of an incident that `kept` reads: no further query, however many incidents a page shows."""
    due_times = DueTime.objects.standing().filter(incident=OuterRef("pk")).order_by("since_at", "due_at")
    words = StatusUpdate.objects.posted().filter(incident=OuterRef("pk")).order_by("posted_at", "pk")
    return {
        "due_rows": ArraySubquery(
            due_times.values(
                row=JSONObject(
                    audience="audience", since="since_at", due="due_at", ended="ended_at", update="update"
                )
            )
        ),
        "word_rows": ArraySubquery(words.values(row=JSONObject(audiences="audiences", at="posted_at"))),
    }


def kept(incident: Any) -> list[Kept]:
    """Every audience that was due an update or had one; from the rows of `kept_rows` and the loaded schedules."""
    until = incident.ended_at or timezone.now()
    began = incident.declared_at or incident.created_at
    found: dict[str, Kept] = {}

    def of(audience: str) -> Kept:
        return found.setdefault(audience, Kept(audience, began, max(until, began)))

    for row in incident.due_rows:
        of(row["audience"]).stretches.append(
            Stretch(_at(row["since"]), _at(row["due"]), _at(row["ended"]), row["update"] is not None)
        )
    for row in incident.word_rows:
        for audience in row["audiences"]:
            of(audience).words.append(_at(row["at"]))
    for schedule in _running(incident):
        one = of(schedule.audience)
        since = schedule.told_at or schedule.since_at or began
        one.next_due = schedule.due_at
        one.stretches.append(Stretch(since, schedule.due_at, one.until, is_answered=False, is_open=True))
    order = list(Audience.values)
    return sorted(found.values(), key=lambda one: order.index(one.audience))


def longest_silence(everything: Iterable[Kept]) -> timedelta | None:
    """Of the audience that was due an update and waited longest for one."""
    return max((one.silence for one in everything if one.stretches), default=None)


def _running(incident: Incident) -> list:
    return [s for s in incident.update_schedules.all() if s.due_at] if incident.is_active else []


def _at(text: str) -> datetime:
    moment = parse_datetime(text)
    assert moment is not None
    return moment
