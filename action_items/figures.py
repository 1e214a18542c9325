"""How action items fare, in numbers: on time, ageing, counts, time to complete. Each one query.

Every function takes the items to count, so that whoever asks brings their reach (`visible_to`) and filters along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Count, F, Q, Value, When
from django.db.models.functions import TruncDate

from accounts.models import User
from action_items.models import (
    DONE_STATES,
    UNFINISHED_STATES,
    ActionItem,
    ActionItemQuerySet,
    ActionState,
    Helped,
)
from core.local_time import first_moment

AGES = (("0–30 days", 0, 30), ("31–60 days", 31, 60), ("61–90 days", 61, 90), ("over 90 days", 91, None))


@dataclass(frozen=True)
class OnTime:
    """Done by due ÷ due in the period. Open and overdue is a miss; due and given up, or not yet past, is not counted."""

    on_time: int
    due: int
    given_up: int

    @property
    def ratio(self) -> float | None:
        return self.on_time / self.due if self.due else None

    @property
    def per_cent(self) -> int | None:
        return round(100 * self.on_time / self.due) if self.due else None


def on_time(items: ActionItemQuerySet, *, first: date, last: date, today: date, zone: ZoneInfo) -> OnTime:
    """Of what was due from `first` to `last` (both included). Days are those of a calendar in `zone`."""
    due = items.due_between(first, last).annotate(done_on=TruncDate("done_at", tzinfo=zone))
    counted = {name: Count("pk", filter=which, distinct=True) for name, which in _on_time_of(today).items()}
    return OnTime(**due.aggregate(**counted))


def standing(person: User, *, first: date, last: date, today: date, zone: ZoneInfo) -> tuple[OnTime, int]:
    """`on_time` of that period within somebody's reach, and how many are unfinished there, by one statement."""
    unfinished, due = Q(state__in=UNFINISHED_STATES), Q(due_on__range=(first, last))
    asked = {name: Count("pk", filter=due & which) for name, which in _on_time_of(today).items()}
    asked["unfinished"] = Count("pk", filter=unfinished)
    items: ActionItemQuerySet = ActionItem.objects.filter(unfinished | due)
    found = (
        items.visible_of_these(person)
        .annotate(done_on=TruncDate("done_at", tzinfo=zone))
        .order_by()
        .aggregate(**asked)
    )
    return _on_time(found), found["unfinished"]


def with_outcome(items: ActionItemQuerySet, *, today: date, zone: ZoneInfo) -> ActionItemQuerySet:
    """Beside each item `was_on_time` and `was_due`, by the rule of `on_time`."""
    rules = _on_time_of(today)
    dated: ActionItemQuerySet = items.annotate(done_on=TruncDate("done_at", tzinfo=zone))
    return dated.annotate(
        was_on_time=Case(When(rules["on_time"], then=True), default=False, output_field=BooleanField()),
        was_due=Case(When(rules["due"], then=True), default=False, output_field=BooleanField()),
    )


@dataclass(frozen=True)
class Fared:
    """How the items asked about fare, all told by one statement."""

    on_time: OnTime
    on_time_by: list[tuple[tuple[Any, ...], OnTime]]  # the same for each combination of what was asked for
    counts: dict[str, int]
    ageing: list[tuple[str, int]]
    helped: dict[str, int]  # of what was done in the period; no answer yet is the empty one


def fared(
    items: ActionItemQuerySet,
    *,
    first: date,
    last: date,
    today: date,
    zone: ZoneInfo,
    since: datetime | None,
    until: datetime,
    by: dict[str, Any] | None = None,
) -> Fared:
    """Days from `first` to `last`, both included, are those of the due dates; `since` and `until` of what was done.

    `by`: expressions by their names, whose combinations are told apart.
    """
    unfinished = Q(state__in=UNFINISHED_STATES)
    finished = Q(state__in=DONE_STATES, done_at__lt=until)
    if since:
        finished &= Q(done_at__gte=since)
    asked = {
        name: Count("pk", filter=Q(due_on__range=(first, last)) & which)
        for name, which in _on_time_of(today).items()
    }
    asked |= {
        f"helped_{answer}": Count("pk", filter=finished & Q(helped=answer)) for answer in ("", *Helped.values)
    }
    asked |= {
        f"age_{number}": Count("pk", filter=unfinished & _born(today, least, most, zone))
        for number, (_, least, most) in enumerate(AGES)
    }
    asked |= {
        "unfinished": Count("pk", filter=unfinished),
        "overdue": Count("pk", filter=unfinished & Q(due_on__lt=today)),
    }
    counted: ActionItemQuerySet = items.filter(Q(due_on__range=(first, last)) | finished | unfinished)
    by = by or {"all": Value(1)}
    counted = counted.annotate(done_on=TruncDate("done_at", tzinfo=zone), **by)
    rows = counted.order_by().values(*by).annotate(**asked)
    sums: dict[str, int] = dict.fromkeys(asked, 0)
    kept: list[tuple[tuple[Any, ...], OnTime]] = []
    for row in rows:
        for name in asked:
            sums[name] += row[name]
        kept.append((tuple(row[name] for name in by), _on_time(row)))
    answers = {answer: sums[f"helped_{answer}"] for answer in ("", *Helped.values)}
    return Fared(
        _on_time(sums),
        [(key, one) for key, one in kept if one.due or one.given_up],
        {name: sums[name] for name in ("unfinished", "overdue")},
        [(label, sums[f"age_{number}"]) for number, (label, _, _) in enumerate(AGES)],
        {answer: n for answer, n in answers.items() if n},
    )


def _on_time(counted: Mapping[str, int]) -> OnTime:
    return OnTime(counted["on_time"], counted["due"], counted["given_up"])


def _on_time_of(today: date) -> dict[str, Q]:
    """Over items with `done_on`."""
    done, given_up = Q(state__in=DONE_STATES), Q(state=ActionState.WONT_DO)
    return {
        "on_time": done & Q(done_on__lte=F("due_on")),
        "due": done | (Q(due_on__lt=today) & ~given_up),
        "given_up": given_up,
    }


def _born(today: date, least: int, most: int | None, zone: ZoneInfo) -> Q:
    """Added so many days of the calendar in `zone` ago, as moments: they are compared as they are stored."""
    born = Q(created_at__lt=first_moment(today - timedelta(days=least - 1), zone)) if least else Q()
    return (
        born if most is None else born & Q(created_at__gte=first_moment(today - timedelta(days=most), zone))
    )


def ageing(items: ActionItemQuerySet, *, today: date, zone: ZoneInfo) -> list[tuple[str, int]]:
    """Of the unfinished, how many are how old since they were added: (bucket, count), youngest first."""
    counts: dict[str, Any] = {}
    for number, (_label, least, most) in enumerate(AGES):
        counts[f"bucket_{number}"] = Count("pk", filter=_born(today, least, most, zone), distinct=True)
    found = items.unfinished().aggregate(**counts)
    return [(label, found[f"bucket_{number}"]) for number, (label, _, _) in enumerate(AGES)]


def counts(items: ActionItemQuerySet, *, today: date) -> dict[str, int]:
    """By state, and of the unfinished: `unfinished`, `overdue`, `without_owner`, `without_date`."""
    unfinished = Q(state__in=UNFINISHED_STATES)
    asked = {str(state): Q(state=state) for state in ActionState.values} | {
        "unfinished": unfinished,
        "overdue": unfinished & Q(due_on__lt=today),
        "without_owner": unfinished & Q(owner=None, team=None),
        "without_date": unfinished & Q(due_on=None),
    }
    return items.aggregate(
        **{name: Count("pk", filter=which, distinct=True) for name, which in asked.items()}
    )


def spans(items: ActionItemQuerySet, *, now: datetime) -> list[tuple[float, bool]]:
    """(days from added to done, True), or (days until given up or until now, False): for Kaplan–Meier."""
    rows = items.values_list("created_at", "state", "done_at", "state_since")
    return [
        ((done_at - begun).total_seconds() / 86_400, True)
        if state in DONE_STATES and done_at
        else (((since if state == ActionState.WONT_DO else now) - begun).total_seconds() / 86_400, False)
        for begun, state, done_at, since in rows
    ]
