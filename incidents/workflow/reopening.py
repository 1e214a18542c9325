"""Reopening: an incident that came back, or was never over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit import context
from events.incidents import IncidentReopened
from incidents.models import AffectedService, CheckState, Incident, Role, Service, Status
from incidents.permissions import can_respond
from incidents.workflow.announcing import note_sentence, post_texts
from incidents.workflow.impact import set_impacts
from incidents.workflow.people import give_role
from incidents.workflow.record import Record
from incidents.workflow.schedules import reschedule
from incidents.workflow.ticking import open_tasks_again
from incidents.workflow.transitions import announce, audit, enter_status, forget_milestones, lock, save
from timeline.models import Kind
from timeline.workflow import record_event

UNKNOWN = "We do not know yet why it is back."
GONE = ("mitigated_at", "impact_ended_at", "resolved_at", "closed_at")


def last_commander(incident: Incident) -> User | None:
    """Who commanded last and can still respond, or None."""
    last = (
        incident.role_assignments.filter(role__slug=Role.COMMANDER)
        .select_related("user")
        .order_by("-started_at", "-pk")
        .first()
    )
    return last.user if last and last.user.is_active and can_respond(last.user, incident) else None


def impacts_before_recovery(incident: Incident) -> dict[Service, str]:
    """The services that the recovery ended the impact of, each with how it was affected last; none before it."""
    since = incident.mitigated_at or incident.resolved_at
    if since is None:
        return {}
    ended = incident.affected_services.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=since))
    rows: list[AffectedService] = list(ended.select_related("service").order_by("started_at", "pk"))
    return {row.service: row.impact for row in rows}


@transaction.atomic
def reopen_incident(
    *,
    incident: Incident,
    by: User,
    reason: str,
    commander: User | None = None,
    impacts: Mapping[Service, str | None] | None = None,
    updates: Mapping[str, str] | None = None,
    next_update_at: datetime | None = None,
    version: int | None = None,
) -> Incident:
    """Open the incident again; the new stay is a period of its own and all history is kept.

    `updates` holds a text for each audience that is to read of it.

    `commander` takes command: by default who has or had it last, or else `by`. Services are affected as they were
    before the recovery, or as `impacts` says.
    """
    incident = lock(incident, by=by, version=version)
    before = Status(incident.status)
    if before not in (Status.RESOLVED, Status.CLOSED):
        raise ValidationError(
            f"{incident.reference} is {before.label.lower()}, so there is nothing to reopen."
        )
    if not reason.strip():
        raise ValidationError({"reason": "Say what came back."})
    if impacts is None:
        impacts = impacts_before_recovery(incident)
    was = _take_back_recovery(incident)
    record_event(
        incident=incident,
        kind=Kind.STATUS,
        text=f"reopened this ({before.label} → Investigating)",
        detail=reason.strip(),
        by=by,
        data={"from": before, "to": Status.INVESTIGATING},
    )
    set_impacts(incident=incident, impacts=impacts, by=by)
    record = Record(incident, by)
    give_role(
        record,
        role=Role.objects.get(slug=Role.COMMANDER),
        user=commander or last_commander(incident) or by,
        moment=context.now(),
    )
    record.write()
    reschedule(incident)
    update = post_texts(
        incident=incident, by=by, texts=updates or {}, next_update_at=next_update_at, unknown=UNKNOWN
    )
    note_sentence(incident, before=before, update=update)
    audit(incident, "incident.reopened", by, status=[before, Status.INVESTIGATING], reason=reason, **was)
    announce(
        incident,
        IncidentReopened(by=by.pk, status=Status.INVESTIGATING, update=update.pk if update else None),
    )
    return incident


def _take_back_recovery(incident: Incident) -> dict[str, Any]:
    """Investigating again, with every recovery check open. Returns the milestones that no longer hold."""
    was = forget_milestones(incident, *GONE)
    incident.reopen_count += 1
    enter_status(incident, Status.INVESTIGATING, context.now())
    save(incident, "status", "reopen_count", "milestone_basis", *was)
    incident.recovery_checks.update(
        state=CheckState.OPEN, watching_since=None, settled_at=None, settled_by=None, result=""
    )
    open_tasks_again(incident)
    return was
