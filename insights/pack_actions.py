"""What a board pack says of action items: what was promised for last month, and what somebody must decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q

from action_items.figures import OnTime, on_time, with_outcome
from action_items.models import ActionItem, ActionItemQuerySet, ActionState
from insights.series import start_of

LISTED = 10
LATE = timedelta(days=30)
"""An item that is overdue for longer needs a decision: a new date, another owner, or “won’t do”."""


@dataclass(frozen=True)
class Commitment:
    item: ActionItem
    outcome: str
    kind: str  # ok, late, open


@dataclass(frozen=True)
class Commitments:
    """What was due in one month, and what became of it."""

    month: date
    kept: OnTime
    verified: int
    listed: Sequence[Commitment]
    count: int
    next_count: int

    @property
    def more(self) -> int:
        return self.count - len(self.listed)

    @property
    def says(self) -> str:
        """“7 of 10 done on time, 4 verified. 3 are due in the month after.”"""
        words = "Nothing was due in this month."
        if self.count:
            given_up = f", {self.kept.given_up} won’t be done" if self.kept.given_up else ""
            words = (
                f"{self.kept.on_time} of {self.kept.due} done on time, {self.verified} verified{given_up}."
            )
        following = {0: "Nothing is", 1: "1 is"}.get(self.next_count, f"{self.next_count} are")
        return f"{words} {following} due in the month after."


@dataclass(frozen=True)
class Decision:
    words: str
    item: ActionItem

    @property
    def whose(self) -> str:
        return str(self.item.owner or self.item.team or "Nobody yet")


def commitments(items: ActionItemQuerySet, last: date, today: date, zone: ZoneInfo) -> Commitments:
    """Of the last month that was over on the day `last`."""
    month = start_of(last + timedelta(days=1), "month") - relativedelta(months=1)
    ending = month + relativedelta(months=1, days=-1)
    due = items.due_between(month, ending).select_related("owner", "team")
    rows = with_outcome(due, today=today, zone=zone).order_by("due_on", "priority", "pk")[:LISTED]
    counted = due.aggregate(count=Count("pk"), verified=Count("pk", filter=Q(state=ActionState.VERIFIED)))
    following = items.due_between(ending + timedelta(days=1), ending + relativedelta(months=1))
    return Commitments(
        month,
        on_time(items, first=month, last=ending, today=today, zone=zone),
        counted["verified"],
        [_commitment(item) for item in rows],
        counted["count"],
        following.count(),
    )


def _commitment(item: Any) -> Commitment:
    if item.state == ActionState.WONT_DO:
        return Commitment(item, "Won’t do", "open")
    if item.is_unfinished:
        return Commitment(item, "Overdue", "late") if item.was_due else Commitment(item, "Open", "open")
    words = "Done on time" if item.was_on_time else "Done late"
    if item.state == ActionState.VERIFIED:
        words += ", verified"
    return Commitment(item, words, "ok" if item.was_on_time else "late")


def decisions(items: ActionItemQuerySet, today: date) -> list[Decision]:
    """Of what is not done: without an owner, without a due date, or overdue for long; the most urgent first."""
    lacks = Q(owner=None, team=None) | Q(due_on=None) | Q(due_on__lt=today - LATE)
    found = items.unfinished().filter(lacks).select_related("owner", "team")
    return [_decision(item, today) for item in found.order_by("priority", "due_on", "pk")[:LISTED]]


def _decision(item: ActionItem, today: date) -> Decision:
    if item.owner is None and item.team is None:
        return Decision("Name an owner", item)
    if item.due_on is None:
        return Decision("Set a due date", item)
    days = (today - item.due_on).days
    return Decision(f"Decide what happens, {days} days overdue", item)
