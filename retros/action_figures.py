"""How action items fare, in numbers: on time, ageing, counts, time to complete. Each one query.

Every function takes the items to count, so that whoever asks brings their reach (`visible_to`) and filters along.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from retros.models import DONE_STATES, UNFINISHED_STATES, ActionItemQuerySet, ActionState

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
    return OnTime(**due.aggregate(**_on_time(today)))


def on_time_by(
    items: ActionItemQuerySet, by: Any, *, first: date, last: date, today: date, zone: ZoneInfo
) -> dict[str, OnTime]:
    """The same for each value of `by`, an expression."""
    due = items.due_between(first, last).annotate(done_on=TruncDate("done_at", tzinfo=zone), by=by)
    found = due.order_by().values("by").annotate(**_on_time(today)).values_list("by", *_on_time(today))
    return {value: OnTime(*counted) for value, *counted in found}


def _on_time(today: date) -> dict[str, Any]:
    done, given_up = Q(state__in=DONE_STATES), Q(state=ActionState.WONT_DO)
    due = done | (Q(due_on__lt=today) & ~given_up)
    return {
        "on_time": Count("pk", filter=done & Q(done_on__lte=F("due_on")), distinct=True),
        "due": Count("pk", filter=due, distinct=True),
        "given_up": Count("pk", filter=given_up, distinct=True),
    }


def helped(items: ActionItemQuerySet, *, since: datetime | None, until: datetime) -> dict[str, int]:
    """Of what was done from `since` until `until`, how often each answer was given; none yet is the empty one."""
    done = items.done().filter(done_at__lt=until)
    if since:
        done = done.filter(done_at__gte=since)
    return dict(done.order_by().values_list("helped").annotate(n=Count("pk", distinct=True)))


def ageing(items: ActionItemQuerySet, *, today: date, zone: ZoneInfo) -> list[tuple[str, int]]:
    """Of the unfinished, how many are how old since they were added: (bucket, count), youngest first."""
    counts: dict[str, Any] = {}
    for number, (_label, least, most) in enumerate(AGES):
        born = Q(born_on__lte=today - timedelta(days=least)) if least else Q()
        if most is not None:
            born &= Q(born_on__gte=today - timedelta(days=most))
        counts[f"bucket_{number}"] = Count("pk", filter=born, distinct=True)
    found = items.unfinished().annotate(born_on=TruncDate("created_at", tzinfo=zone)).aggregate(**counts)
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
