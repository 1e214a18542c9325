"""Another due time for an update: never without a time, never without a reason."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from core.text import in_both_zones
from events.status_updates import UpdateSnoozed
from incidents.models import Incident, Snooze
from incidents.workflow.schedules import reschedule
from incidents.workflow.transitions import announce, audit, lock
from timeline.models import Kind
from timeline.workflow import record_event


@transaction.atomic
def snooze_update(*, incident: Incident, audience: str, until: datetime, reason: str, by: User) -> Snooze:
    """Promise one audience's next update for `until` instead. It holds until that update, or a worse severity."""
    incident = lock(incident, by=by)
    schedule = incident.update_schedules.filter(audience=audience).exclude(due_at=None).first()
    if schedule is None or schedule.due_at is None:
        raise ValidationError({"audience": "That update is not due."})
    errors = {}
    if not reason.strip():
        errors["reason"] = "Give a reason for the later time."
    if until <= context.now():
        errors["until"] = "That is in the past."
    elif until <= schedule.due_at:
        errors["until"] = f"It is due by {in_both_zones(schedule.due_at)}. Choose a later time."
    if errors:
        raise ValidationError(errors)
    snooze = Snooze.objects.create(
        incident=incident,
        audience=audience,
        due_at=schedule.due_at,
        until=until,
        reason=reason.strip(),
        severity=incident.severity,
        by=by,
        at=context.now(),
    )
    reschedule(incident)
    record_event(
        incident=incident,
        kind=Kind.FACT,
        text=f"promised the {schedule.what.lower()} by {in_both_zones(until)}, not {in_both_zones(schedule.due_at)}",
        detail=snooze.reason,
        by=by,
        data={"snooze": snooze.pk},
    )
    audit(
        incident, "update.snoozed", by, audience=audience, due=[schedule.due_at, until], reason=snooze.reason
    )
    announce(incident, UpdateSnoozed(audience=audience, until=until))
    return snooze
