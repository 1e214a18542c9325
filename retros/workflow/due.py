"""Reminding of a retrospective's due day: rows say what was told, so that every step is told once."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from audit import context
from events.retrospectives import RetrospectiveDue
from retros.models import DueReminder, Retrospective
from retros.workflow.common import announce

STEPS = (-2, 0, 1, 3, 7)  # days before (negative) and after the due day
GRACE = 14  # days: older than that, nobody is startled by a reminder


@transaction.atomic
def remind_of_due() -> bool:
    """Tell the owner of one retrospective of the newest step it has reached; False when there is none to tell.

    Steps missed while nobody swept are all recorded and told in one message. Without an owner, and from the third
    day after on, the facilitator is reminded too.
    """
    today = context.now().date()
    found = (
        Retrospective.objects.unfinished()
        .filter(
            reduce(or_, (_owes(days, today) for days in STEPS)), due_on__gte=today - timedelta(days=GRACE)
        )
        .exclude(incident__source="replay")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")
        .first()
    )
    if found is None:
        return False
    due_on = found.due_on
    assert due_on is not None
    reached = [days for days in STEPS if due_on + timedelta(days=days) <= today]
    told = set(found.due_reminders.filter(due_on=due_on).values_list("days", flat=True))
    new = [
        DueReminder(retrospective=found, due_on=due_on, days=d, at=context.now())
        for d in reached
        if d not in told
    ]
    if not new:  # another sweep told it between our look and our lock
        return True
    DueReminder.objects.bulk_create(new)
    reminded = {found.owner_id}
    if found.owner_id is None or reached[-1] >= 3:
        reminded.add(found.facilitator_id)
    announce(
        found,
        RetrospectiveDue(
            due_on=str(due_on), says=_says((today - due_on).days), recipients=sorted(filter(None, reminded))
        ),
    )
    return True


def _owes(days: int, today: date) -> Q:
    """The step is reached and not told yet."""
    told = DueReminder.objects.filter(retrospective=OuterRef("pk"), due_on=OuterRef("due_on"), days=days)
    return Q(~Exists(told), due_on__lte=today - timedelta(days=days))


def _says(late: int) -> str:
    if late == 0:
        return "due today"
    days = f"{abs(late)} day{'s' if abs(late) > 1 else ''}"
    return f"due in {days}" if late < 0 else f"{days} overdue"
