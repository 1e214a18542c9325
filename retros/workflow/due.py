"""Reminding of a retrospective's due day: rows say what was told, so that every step is told once."""

from datetime import timedelta

from django.db import transaction

from audit import context
from retros.models import DueReminder, Retrospective
from retros.workflow.basics import announce

STEPS = (-2, 0, 1, 3, 7)  # days before (negative) and after the due day
GRACE = 14  # days: older than that, nobody is startled by a reminder


@transaction.atomic
def remind_of_due() -> bool:
    """Tell the owner of one retrospective of the newest step it has reached; False when there is none to tell.

    Steps missed while nobody swept are all recorded and told in one message. Without an owner, and from the third
    day after on, the facilitator hears of it too.
    """
    today = context.now().date()
    near = Retrospective.objects.unfinished().filter(
        due_on__lte=today - timedelta(days=STEPS[0]), due_on__gte=today - timedelta(days=GRACE)
    )
    for retrospective in near.exclude(incident__source="replay").order_by("pk"):
        due_on = retrospective.due_on
        assert due_on is not None
        reached = [days for days in STEPS if due_on + timedelta(days=days) <= today]
        known = set(retrospective.due_reminders.filter(due_on=due_on).values_list("days", flat=True))
        if set(reached) <= known:
            continue
        locked = (
            Retrospective.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=retrospective.pk, due_on=due_on)
            .first()
        )
        if locked is None or locked.is_published:
            continue
        rows = [DueReminder(retrospective=locked, due_on=due_on, days=d, at=context.now()) for d in reached]
        new = [row for row in rows if not locked.due_reminders.filter(due_on=due_on, days=row.days).exists()]
        if not new:
            continue
        DueReminder.objects.bulk_create(new)
        hears = {locked.owner_id}
        if locked.owner_id is None or reached[-1] >= 3:
            hears.add(locked.facilitator_id)
        announce(
            locked,
            "retrospective.due",
            due_on=str(due_on),
            says=_says((today - due_on).days),
            recipients=sorted(filter(None, hears)),
        )
        return True
    return False


def _says(late: int) -> str:
    if late == 0:
        return "due today"
    days = f"{abs(late)} day{'s' if abs(late) > 1 else ''}"
    return f"due in {days}" if late < 0 else f"{days} overdue"
