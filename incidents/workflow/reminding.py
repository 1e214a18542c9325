"""Reminders of what is due: the steps, the rows that keep each to one reminder, and withdrawing them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from audit import context
from core.notify import notify_incident
from core.text import in_words
from events.status_updates import ReminderDue
from incidents.models import Incident, Reminder, Role, RoleAssignment, Step, UpdateSchedule
from incidents.workflow.escalating import helpers, listeners
from incidents.workflow.transitions import about, audit
from notifications.models import OutboxMessage
from notifications.workflow import enqueue, withdraw
from timeline.models import Kind
from timeline.workflow import record_event

UPDATE_STEPS = (Step.BEFORE, Step.DUE, Step.LATE, Step.VERY_LATE)
COMMAND_STEPS = (Step.DUE, Step.LATE)  # from the severity's acknowledge target on
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Owed:
    """One due time and the steps of it that were reached and nobody was told of."""

    about: str
    what: str
    due_at: datetime
    steps: list[Step]


@transaction.atomic
def remind_of_updates() -> bool:
    """Tell of every step that one incident's updates have reached; False when there is no such incident.

    The incident is locked before anything else, and one that somebody else holds is passed over: it is theirs,
    or the next sweep's. Steps missed while nobody swept are all recorded, and told in one message.
    """
    now = context.now()
    due = UpdateSchedule.objects.with_step_due(now).exclude(incident__source__in=Incident.OF_THE_PAST)
    first = (
        due.select_for_update(skip_locked=True, of=("self", "incident"), no_key=True)
        .select_related("incident__severity")
        .order_by("next_step_at")
        .first()
    )
    if first is None:
        return False
    incident, owed = first.incident, []
    rows = list(incident.update_schedules.with_step_due(now).select_for_update(no_key=True))
    for row in rows:
        due_at, begun_at = cast(datetime, row.due_at), cast(datetime, row.next_step_at)  # `with_step_due`
        times = {step: due_at + step.distance for step in UPDATE_STEPS}
        reached = [step for step, at in times.items() if begun_at <= at <= now]
        owed.append(Owed(row.audience, row.what, due_at, reached))
        row.next_step_at = next((at for at in times.values() if at > now), None)
    UpdateSchedule.objects.bulk_update(rows, ["next_step_at"])
    _tell(incident, owed)
    return True


@transaction.atomic
def remind_of_command() -> bool:
    """Tell that nobody commands an incident although its acknowledge target has passed; False when none is so."""
    now = context.now()
    candidates = Incident.objects.filter(pk__in=_unclaimed(now).values("pk")).select_related("severity")
    incident = candidates.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if incident is None:
        return False
    due_at = _unclaimed(now).filter(pk=incident.pk).values_list("command_due_at", flat=True).first()
    if due_at is None:  # somebody took command in between
        return False
    reached = [step for step in COMMAND_STEPS if due_at + step.distance <= now]
    _tell(incident, [Owed(Reminder.COMMAND, "Command", due_at, reached)])
    return True


def next_reminder_at() -> datetime | None:
    """When the next step of an update or of a missing commander is reached; the past where one is due already."""
    schedules = UpdateSchedule.objects.exclude(incident__source__in=Incident.OF_THE_PAST)
    update = schedules.aggregate(at=Min("next_step_at"))["at"]
    late = F("command_due_at") + Value(Step.LATE.distance)
    step = Case(When(Exists(_command_told(Step.DUE)), then=late), default="command_due_at")
    command = _without_commander().annotate(step_at=step).aggregate(at=Min("step_at"))["at"]
    return min(filter(None, (update, command)), default=None)


def call_back(incident: Incident) -> None:
    """Withdraw what is not due any more and has not been sent, in the caller's transaction.

    A reminder that nobody can have received is forgotten, so that it is sent if its time is due again.
    """
    groups: dict[str, list[Reminder]] = {}
    for reminder in incident.reminders.filter(is_open=True):
        groups.setdefault(reminder.group, []).append(reminder)
    standing = _standing(incident) if groups else set()
    for group, reminders in groups.items():
        if any((r.about, r.due_at) in standing for r in reminders):
            continue
        unheard = OutboxMessage.objects.select_for_update(skip_locked=True).filter(
            pk__in=[r.message_id for r in reminders], done_at=None
        )
        # A message locked by somebody is being handed on this moment; that asks `reminder_stands` first.
        told = incident.reminders.filter(pk__in=[r.pk for r in reminders])
        if OutboxMessage.objects.filter(pk__in=[m.pk for m in unheard]).update(done_at=context.now()):
            told.delete()
        else:
            told.update(is_open=False)
            withdraw(group=group)


def reminder_stands(payload: dict[str, Any]) -> bool:
    """Whether what a `reminder.due` message tells of is still due. Asked before it is sent.

    Holds the incident to the end of the caller's transaction: a change that ends it comes before or after, and
    one that comes after finds what was handed on and calls it back.
    """
    held = Incident.objects.select_for_update(no_key=True).filter(pk=payload["incident"]).first()
    if held is None:
        return False
    group = held.reminders.filter(group=payload["group"], is_open=True)
    standing = _standing(held)
    return any((reminder.about, reminder.due_at) in standing for reminder in group)


def _unclaimed(moment: datetime) -> Any:
    """Running incidents without a commander past the acknowledge target, and with a step still to tell."""
    return (
        _without_commander()
        .filter(command_due_at__lte=moment)
        .exclude(Exists(_command_told(Step.DUE)), command_due_at__gt=moment - Step.LATE.distance)
    )


def _command_told(step: Step) -> Any:
    return Reminder.objects.filter(
        incident=OuterRef("pk"), about=Reminder.COMMAND, due_at=OuterRef("command_due_at"), step=step
    )


def _without_commander() -> Any:
    """Running incidents without a commander, with `command_due_at`, and with a step still to tell by now or later."""
    commands = RoleAssignment.objects.filter(incident=OuterRef("pk"), role__slug=Role.COMMANDER)
    ended = commands.order_by().values("incident").annotate(at=Max("ended_at")).values("at")
    schedules = UpdateSchedule.objects.filter(incident=OuterRef("pk")).order_by().values("incident")
    began = schedules.annotate(at=Max("since_at")).values("at")
    allowed = ExpressionWrapper(
        F("severity__acknowledge_minutes") * Value(MINUTE), output_field=DurationField()
    )
    return (
        Incident.objects.active()
        .exclude(source__in=Incident.OF_THE_PAST)
        .filter(~Exists(commands.filter(ended_at__isnull=True)), severity__acknowledge_minutes__isnull=False)
        .annotate(
            command_due_at=ExpressionWrapper(
                Greatest(Coalesce(Subquery(began), "declared_at"), Subquery(ended)) + allowed,
                output_field=DateTimeField(),
            )
        )
        .exclude(Exists(_command_told(Step.LATE)))
    )


def _standing(incident: Incident) -> set[tuple[str, datetime | None]]:
    """The due times that still hold at this moment."""
    if not incident.is_active:
        return set()
    standing = {(row.audience, row.due_at) for row in incident.update_schedules.filter(due_at__isnull=False)}
    claimed = incident.role_assignments.filter(role__slug=Role.COMMANDER, ended_at__isnull=True).exists()
    if not claimed:
        commands = incident.reminders.filter(about=Reminder.COMMAND, is_open=True)
        standing |= set(commands.values_list("about", "due_at"))
    return standing


def _tell(incident: Incident, reached: list[Owed]) -> None:
    """Record every step nobody recorded before and tell the highest, once, to everybody up to it."""
    now = context.now()
    known = set(
        incident.reminders.filter(due_at__in=[o.due_at for o in reached]).values_list(
            "about", "due_at", "step"
        )
    )
    owed = [
        Owed(o.about, o.what, o.due_at, new)
        for o in reached
        if (new := [step for step in o.steps if (o.about, o.due_at, step) not in known])
    ]
    if not owed or not incident.is_active:
        return
    worst = max(owed, key=lambda o: (o.steps[-1], -o.due_at.timestamp()))
    step, group = worst.steps[-1], f"reminders:{incident.chain}:{uuid4().hex[:12]}"
    people, mail = (helpers if worst.about == Reminder.COMMAND else listeners)(incident, step)
    message = enqueue(
        event=ReminderDue(
            audience=worst.about,
            audiences=[o.about for o in owed],
            what=_named(owed),
            says=_says(worst, now),
            step=int(step),
            due_at=worst.due_at,
            items=[{"audience": o.about, "due_at": o.due_at, "step": o.steps[-1]} for o in owed],
            recipients=[person.pk for person in people],
            addresses=mail,
            group=group,
        ),
        subject=incident.chain,
        about=about(incident),
        due_at=now,
    )
    Reminder.objects.bulk_create(
        [
            Reminder(
                incident=incident,
                about=o.about,
                due_at=o.due_at,
                step=step,
                recorded_at=now,
                group=group,
                message=message,
            )
            for o in owed
            for step in o.steps
        ],
        ignore_conflicts=True,
    )
    if step >= Step.LATE:
        heard = ", ".join([*map(str, people), *(["the duty contact"] if mail else [])])
        record_event(
            incident=incident,
            kind=Kind.FACT,
            text=f"{_named(owed)} {_says(worst, now)}",
            detail=f"Reminded {heard}." if heard else "Nobody could be reminded.",
            by=None,
            data={"overdue": int(step)},
        )
        audit(incident, "reminder.escalated", None, about=[o.about for o in owed], step=int(step))
    notify_incident(incident_id=incident.pk, what="head", is_private=incident.is_private)


def _named(owed: list[Owed]) -> str:
    """Public update · Executive, public and stakeholder update"""
    names = [o.what.removesuffix(" update") for o in owed]
    if owed[0].about == Reminder.COMMAND:
        return names[0]
    names[1:] = map(str.lower, names[1:])
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) + " update"


def _says(owed: Owed, now: datetime) -> str:
    late = now - owed.due_at
    if owed.about == Reminder.COMMAND:
        return f"unclaimed, {in_words(late)} past the target"
    if abs(late) < MINUTE:
        return "due now"
    return f"due in {in_words(-late)}" if late < timedelta() else f"{in_words(late)} overdue"
