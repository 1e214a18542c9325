"""Action items over a quarter: what was promised for it, how much of that is done and verified, week by week."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from action_items.models import DONE_STATES, ActionItemQuerySet, ActionState
from action_items.models.items import at_risk_on
from figures.burn_up import Week

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, words: str, today: date) -> "Quarter":
        """2026-Q4; that of `today` for anything else."""
        found = re.fullmatch(r"(20[0-9]{2})-Q([1-4])", words)
        return cls(int(found[1]), int(found[2])) if found else cls.of(today)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def title(self) -> str:
        return f"Q{self.number} {self.year}"

    @property
    def first(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        return self.after.first - timedelta(days=1)

    @property
    def before(self) -> "Quarter":
        return Quarter.of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def ends_of_weeks(self) -> list[date]:
        """The first day, and every seventh up to the last."""
        days = [self.first]
        while days[-1] < self.last:
            days.append(min(days[-1] + WEEK, self.last))
        return days


@dataclass(frozen=True)
class Kept:
    """Of what was due in the quarter; `given_up` is not in `promised`."""

    promised: int
    done: int
    verified: int
    overdue: int
    at_risk: int
    given_up: int

    @property
    def done_per_cent(self) -> int | None:
        return round(100 * self.done / self.promised) if self.promised else None

    @property
    def verified_per_cent(self) -> int | None:
        return round(100 * self.verified / self.promised) if self.promised else None


GIVEN_UP = Q(state=ActionState.WONT_DO)


def _counts(today: date) -> dict[str, Count]:
    unfinished = ~GIVEN_UP & ~Q(state__in=DONE_STATES)
    return {
        "promised": Count("pk", filter=~GIVEN_UP),
        "done": Count("pk", filter=Q(state__in=DONE_STATES)),
        "verified": Count("pk", filter=Q(state=ActionState.VERIFIED)),
        "overdue": Count("pk", filter=unfinished & Q(due_on__lt=today)),
        "at_risk": Count("pk", filter=at_risk_on(today)),
        "given_up": Count("pk", filter=GIVEN_UP),
    }


def kept(items: ActionItemQuerySet, quarter: Quarter, today: date) -> Kept:
    """One query over what was due in the quarter."""
    due = items.due_between(quarter.first, quarter.last)
    return Kept(**due.aggregate(**_counts(today)))


def kept_by_team(items: ActionItemQuerySet, quarter: Quarter, today: date) -> list[tuple[Any, str, Kept]]:
    """(team, its name, what it kept), those with the most promises first; what has no team is last."""
    due: QuerySet[Any] = items.due_between(quarter.first, quarter.last).order_by()
    rows = due.values("team", "team__name").annotate(**_counts(today))
    found = [(row.pop("team"), row.pop("team__name") or "No team", Kept(**row)) for row in list(rows)]
    return sorted(found, key=lambda row: (row[0] is None, -row[2].promised, row[1]))


def weeks(items: ActionItemQuerySet, quarter: Quarter, *, today: date, zone: ZoneInfo) -> list[Week]:
    """How many were promised, done and verified at the end of each week; one query, whatever there is."""
    ends = quarter.ends_of_weeks
    asked: dict[str, Count] = {}
    for number, end in enumerate(ends):
        asked[f"promised_{number}"] = Count(
            "pk", filter=Q(added_on__lte=end) & ~(GIVEN_UP & Q(left_on__lte=end))
        )
        asked[f"done_{number}"] = Count("pk", filter=Q(state__in=DONE_STATES, done_on__lte=end))
        asked[f"verified_{number}"] = Count("pk", filter=Q(state=ActionState.VERIFIED, verified_on__lte=end))
    due = items.due_between(quarter.first, quarter.last).annotate(
        added_on=TruncDate("created_at", tzinfo=zone),
        left_on=TruncDate("state_since", tzinfo=zone),
        done_on=TruncDate("done_at", tzinfo=zone),
        verified_on=TruncDate("verified_at", tzinfo=zone),
    )
    found = due.aggregate(**asked)
    return [
        Week(
            f"{end.day} {end:%b}",
            found[f"promised_{number}"],
            found[f"done_{number}"] if end < today + WEEK else None,
            found[f"verified_{number}"] if end < today + WEEK else None,
        )
        for number, end in enumerate(ends)
    ]
