"""What a board pack says of action items: what was promised for last month, and what somebody must decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from action_items.figures import OnTime, on_time
from action_items.models import DONE_STATES, ActionItem, ActionItemQuerySet, ActionState
from insights.series import start_of

LISTED = 10
LATE = timedelta(days=30)
"""An item that is overdue for longer needs a decision: a new date, another owner, or that it is not done."""


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
    listed = [_commitment(item, today, zone) for item in due.order_by("due_on", "priority", "pk")[:LISTED]]
    following = items.due_between(ending + timedelta(days=1), ending + relativedelta(months=1))
    return Commitments(
        month,
        on_time(items, first=month, last=ending, today=today, zone=zone),
        due.filter(state=ActionState.VERIFIED).count(),
        listed,
        due.count(),
        following.count(),
    )


def _commitment(item: ActionItem, today: date, zone: ZoneInfo) -> Commitment:
    if item.state == ActionState.WONT_DO:
        return Commitment(item, "Won’t do", "open")
    if item.state in DONE_STATES and item.done_at and item.due_on:
        is_late = item.done_at.astimezone(zone).date() > item.due_on
        words = "Done late" if is_late else "Done on time"
        if item.state == ActionState.VERIFIED:
            words += ", verified"
        return Commitment(item, words, "late" if is_late else "ok")
    if item.due_on and item.due_on < today:
        return Commitment(item, "Overdue", "late")
    return Commitment(item, "Open", "open")


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
    return Decision(f"{days} days overdue: do it, move it, or give it up", item)
