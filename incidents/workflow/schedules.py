"""When the next update is owed, per audience. Facts only; reminding is somebody else's task."""

from datetime import datetime, timedelta

from audit import context
from incidents.models import ACTIVE_STATUSES, Audience, Incident, Status, StatusUpdate, UpdateSchedule


def reschedule(incident: Incident) -> None:
    """Recompute every audience's due time from severity, status, the last update and what was promised.

    Due = the earlier of the policy's time and the promise; nothing is due once resolved, or before declaring.
    """
    if not incident.is_active:
        incident.update_schedules.update(due_at=None, policy_due_at=None)
        return
    since = _active_since(incident)
    last_updates: dict[str, StatusUpdate] = {}
    for update in incident.status_updates.filter(posted_at__gte=since).order_by("posted_at", "pk"):
        last_updates |= dict.fromkeys(update.audiences, update)
    cadences = [c for c in incident.severity.cadences.all() if _may_be_told(incident, c.audience)]
    schedules = []
    for cadence in cadences:
        last = last_updates.get(cadence.audience)
        interval = cadence.minutes_in(Status(incident.status)) if last else cadence.first_minutes
        base = last.posted_at if last else since
        policy = base + timedelta(minutes=interval) if interval else None
        promised = last.next_update_at if last else None
        due = min((t for t in (policy, promised) if t), default=None)
        schedules.append(
            UpdateSchedule(
                incident=incident,
                audience=cadence.audience,
                policy_due_at=policy,
                promised_at=promised,
                due_at=due,
            )
        )
    UpdateSchedule.objects.bulk_create(
        schedules,
        update_conflicts=True,
        unique_fields=["incident", "audience"],
        update_fields=["policy_due_at", "promised_at", "due_at"],
    )
    incident.update_schedules.exclude(audience__in=[c.audience for c in cadences]).update(
        due_at=None, policy_due_at=None
    )


def _may_be_told(incident: Incident, audience: str) -> bool:
    return audience != Audience.PUBLIC or not incident.is_private


def _active_since(incident: Incident) -> datetime:
    """When it was declared or last reopened: what was said and promised before does not count any more."""
    since = context.now()
    for period in incident.status_periods.order_by("-started_at", "-pk"):
        if period.status not in ACTIVE_STATUSES:
            break
        since = period.started_at
    return since
