"""Action items over a quarter: what was promised for it, how much of that is done and verified, week by week."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Count, DateTimeField, F, Func, IntegerField, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from action_items.models import DONE_STATES, ActionItem, ActionItemQuerySet, ActionState
from action_items.models.items import at_risk_on
from core.local_time import first_moment
from figures.burn_up import Week

WEEK = timedelta(days=7)
NUMBERS = 16
NEVER = NUMBERS - 1
"""After every end of a week: a quarter has at most 14 of them."""


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


@dataclass(frozen=True)
class Group:
    """Items of a quarter that are counted alike; of moments, the number of the week at whose end they first count."""

    team: int | None
    team_name: str
    state: str
    is_past: bool
    is_at_risk: bool
    added: int
    left: int
    done: int
    verified: int
    size: int


@dataclass(frozen=True)
class Standing:
    """What was due in a quarter, told by one statement."""

    quarter: Quarter
    today: date
    groups: list[Group]

    @classmethod
    def read(cls, person: User, quarter: Quarter, *, today: date, zone: ZoneInfo, team: Any = None) -> Self:
        """Within the person's reach; of one team, or of all."""
        due: ActionItemQuerySet = ActionItem.objects.due_between(quarter.first, quarter.last)
        if team:
            due = due.filter(team=team)
        return cls.of(due.visible_of_these(person), quarter, today=today, zone=zone)

    @classmethod
    def of(cls, due: ActionItemQuerySet, quarter: Quarter, *, today: date, zone: ZoneInfo) -> Self:
        weeks = ("created_at", "state_since", "done_at", "verified_at")
        by: dict[str, Any] = {"weeks": _together(_week_of(moment, quarter, zone) for moment in weeks)}
        by |= {name: F(field) for name, field in (("of_team", "team"), ("team_name", "team__name"))}
        by["is_past"] = Case(When(due_on__lt=today, then=True), default=False)
        by["is_at_risk"] = Case(When(at_risk_on(today), then=True), default=False)
        names = ("of_team", "team_name", "state", "is_past", "is_at_risk", "weeks")
        found = due.due_between(quarter.first, quarter.last).order_by().annotate(**by).values(*names)
        rows = found.annotate(n=Count("pk")).values_list(*names, "n")
        return cls(quarter, today, [_group(*row) for row in rows])

    @property
    def kept(self) -> Kept:
        return _kept(self.groups)

    @property
    def by_team(self) -> list[tuple[int | None, str, Kept]]:
        """(team, its name, what it kept), those with the most promises first; what has no team is last."""
        teams: dict[tuple[int | None, str], list[Group]] = defaultdict(list)
        for group in self.groups:
            teams[group.team, group.team_name or "No team"].append(group)
        found = [(team, name, _kept(groups)) for (team, name), groups in teams.items()]
        return sorted(found, key=lambda row: (row[0] is None, -row[2].promised, row[1]))

    @property
    def weeks(self) -> list[Week]:
        """How many were promised, done and verified at the end of each week."""
        return [
            Week(
                f"{end.day} {end:%b}",
                _sum(
                    one
                    for one in self.groups
                    if one.added <= number and not (one.state == ActionState.WONT_DO and one.left <= number)
                ),
                self._reached("done", DONE_STATES, number) if end < self.today + WEEK else None,
                self._reached("verified", (ActionState.VERIFIED,), number)
                if end < self.today + WEEK
                else None,
            )
            for number, end in enumerate(self.quarter.ends_of_weeks)
        ]

    def _reached(self, name: str, states: tuple[ActionState, ...], number: int) -> int:
        return _sum(one for one in self.groups if one.state in states and getattr(one, name) <= number)


def _week_of(moment: str, quarter: Quarter, zone: ZoneInfo) -> Func:
    """The number of the first end of a week that a moment's day is not after. Days become moments here, once."""
    after = [first_moment(end + timedelta(days=1), zone) for end in quarter.ends_of_weeks]
    return Func(
        F(moment),
        Value(after, output_field=ArrayField(DateTimeField())),
        function="width_bucket",
        output_field=IntegerField(),
    )


def _together(weeks: Iterable[Func]) -> Any:
    """Weeks as one number: by it PostgreSQL groups without sorting everything first."""
    code: Any = Value(0)
    for week in weeks:
        code = code * NUMBERS + Coalesce(week, NEVER)
    return code


def _group(
    team: int | None, team_name: str, state: str, is_past: bool, is_at_risk: bool, code: int, size: int
) -> Group:
    """`code` is the four weeks."""
    added, left, done, verified = (code // NUMBERS**place % NUMBERS for place in (3, 2, 1, 0))
    return Group(team, team_name, state, is_past, is_at_risk, added, left, done, verified, size)


def _kept(groups: list[Group]) -> Kept:
    promised = [one for one in groups if one.state != ActionState.WONT_DO]
    unfinished = [one for one in promised if one.state not in DONE_STATES]
    return Kept(
        promised=_sum(promised),
        done=_sum(one for one in promised if one.state in DONE_STATES),
        verified=_sum(one for one in promised if one.state == ActionState.VERIFIED),
        overdue=_sum(one for one in unfinished if one.is_past),
        at_risk=_sum(one for one in groups if one.is_at_risk),
        given_up=_sum(one for one in groups if one.state == ActionState.WONT_DO),
    )


def _sum(groups: Iterable[Group]) -> int:
    return sum(one.size for one in groups)
