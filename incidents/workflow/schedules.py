"""When the next update is owed, per audience. Facts only; reminding is somebody else's task."""

from datetime import timedelta

from audit import context
from incidents.models import Incident, Status, UpdateSchedule


def reschedule(incident: Incident) -> None:
    """Recompute every audience's due time from severity, status, the last update and what was promised.

    Due = the earlier of the policy's time and the promise; nothing is due once resolved, or before declaring.
    """
    if not incident.is_active:
        incident.update_schedules.update(due_at=None, policy_due_at=None)
        return
    last_updates: dict[str, object] = {}
    for update in incident.status_updates.order_by("posted_at", "pk"):
        last_updates |= dict.fromkeys(update.audiences, update)
    since = (
        incident.declared_at
        if incident.declared_at and incident.declared_at >= incident.began_at
        else context.now()
    )
    for cadence in incident.severity.cadences.all():
        last = last_updates.get(cadence.audience)
        interval = cadence.minutes_in(Status(incident.status)) if last else cadence.first_minutes
        base = last.posted_at if last else since
        policy = base + timedelta(minutes=interval) if interval else None
        promised = last.next_update_at if last else None
        due = min((t for t in (policy, promised) if t), default=None)
        UpdateSchedule.objects.update_or_create(
            incident=incident,
            audience=cadence.audience,
            defaults={"policy_due_at": policy, "promised_at": promised, "due_at": due},
        )
    incident.update_schedules.exclude(
        audience__in=[c.audience for c in incident.severity.cadences.all()]
    ).update(due_at=None, policy_due_at=None)
