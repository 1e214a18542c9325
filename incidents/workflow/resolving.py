"""Step 5: resolve, with a final update to everybody who received one; close."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import IncidentClosed, IncidentResolved
from incidents.models import (
    Audience,
    CheckState,
    DoneWhen,
    Incident,
    Service,
    Status,
)
from incidents.workflow.announcing import note_sentence, post_texts, require_final_updates
from incidents.workflow.checklist import lay_out_checklist
from incidents.workflow.impact import set_impacts
from incidents.workflow.schedules import reschedule
from incidents.workflow.ticking import tick_tasks
from incidents.workflow.transitions import (
    announce,
    audit,
    check_milestones,
    check_moment,
    end_running_impacts,
    enter_status,
    lock,
    save,
)
from incidents.workflow.verifying import settle_recovery_check
from timeline.models import Kind, Phase
from timeline.workflow import record_event

NOT_SETTLED = {
    CheckState.OPEN: "is open",
    CheckState.WATCHING: "is still being watched",
    CheckState.FAILED: "has failed",
}


def missing_for_resolution(incident: Incident) -> list[str]:
    """What stands between this incident and resolved, in words; empty when nothing does."""
    missing = []
    if incident.status != Status.MITIGATED:
        missing.append("the impact is not mitigated yet")
    missing += [
        f"“{check.title}” {NOT_SETTLED[CheckState(check.state)]}"
        for check in incident.recovery_checks.all()
        if not check.is_settled
    ]
    if not incident.recovery_checks.all():
        missing.append("nothing has verified the recovery")
    return missing


def missing_for_closing(incident: Incident) -> list[str]:
    missing = []
    if incident.status != Status.RESOLVED:
        missing.append("it is not resolved yet")
    if (
        incident.severity.requires_retrospective
        and not incident.is_drill
        and not _has_owned_retrospective(incident)
    ):
        missing.append(f"a {incident.severity} needs a retrospective with an owner")
    return missing


@transaction.atomic
def resolve_incident(
    *,
    incident: Incident,
    by: User,
    at: datetime | None = None,
    impact_ended_at: datetime | None = None,
    waive_reason: str = "",
    impacts: Mapping[Service, str | None] | None = None,
    updates: Mapping[str, str] | None = None,
    unsent: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Incident:
    """Resolve: every check has passed or is waived, and everybody who received updates gets a final one.

    `waive_reason` waives all checks that are still open. `impacts` says how services are affected from then on; all
    others are operational again. `updates` holds the final texts by audience, `unsent` the
    reasons by audience why there is none.
    """
    incident = lock(incident, by=by, version=version)
    if incident.status != Status.MITIGATED:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}. Mitigate it first."
        )
    missing = missing_for_resolution(incident)
    if missing and not waive_reason.strip():
        raise ValidationError(
            {
                "waive_reason": f"You can’t resolve {incident.reference} yet: {', '.join(missing)}."
                " Complete the checks, or enter a reason for skipping them."
            }
        )
    updates, unsent = dict(updates or {}), {a: r.strip() for a, r in (unsent or {}).items() if r.strip()}
    if incident.source not in Incident.OF_THE_PAST:
        require_final_updates(incident, updates, unsent)
    moment = check_moment(at)
    if missing:
        for check in incident.recovery_checks.all():
            if not check.is_settled:
                settle_recovery_check(check=check, state=CheckState.WAIVED, by=by, result=waive_reason)
    incident.resolved_at = moment
    if impact_ended_at:
        incident.impact_ended_at = check_moment(impact_ended_at, "impact_ended_at")
    check_milestones(incident)
    enter_status(incident, Status.RESOLVED, context.now())
    save(incident, "status", "resolved_at", "impact_ended_at")
    record_event(
        incident=incident,
        kind=Kind.MILESTONE,
        text="Resolved",
        by=by,
        occurred_at=moment,
        phase=Phase.RESOLVED,
        detail="\n".join(
            [f"Verification waived: {waive_reason.strip()}"] * bool(missing)
            + [f"No final update to {Audience(a).label}: {reason}" for a, reason in unsent.items()]
        ),
        data={"milestone": "resolved_at"},
    )
    lay_out_checklist(incident)
    set_impacts(incident=incident, impacts=impacts or {}, by=by, at=moment)
    end_running_impacts(incident, moment, but=impacts or {})
    tick_tasks(incident, DoneWhen.RESOLVED)
    reschedule(incident)
    update = post_texts(incident=incident, by=by, texts=updates)
    note_sentence(incident, before=Status.MITIGATED, update=update)
    audit(
        incident,
        "incident.resolved",
        by,
        resolved_at=moment,
        waived=waive_reason if missing else "",
        unsent=unsent,
    )
    announce(
        incident, IncidentResolved(by=by.pk, status=Status.RESOLVED, update=update.pk if update else None)
    )
    return incident


@transaction.atomic
def close_incident(
    *,
    incident: Incident,
    by: User,
    at: datetime | None = None,
    waive_reason: str = "",
    version: int | None = None,
) -> Incident:
    """Hand the incident over formally. A required retrospective must exist and have an owner, or be waived."""
    incident = lock(incident, by=by, version=version)
    if incident.status == Status.CLOSED:
        raise ValidationError(f"{incident.reference} is closed already.")
    if incident.status != Status.RESOLVED:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}. Resolve it first."
        )
    missing = missing_for_closing(incident)
    if missing and not waive_reason.strip():
        raise ValidationError({"owner": _needs_owner(incident)})
    moment = check_moment(at)
    incident.closed_at = moment
    check_milestones(incident)
    enter_status(incident, Status.CLOSED, context.now())
    save(incident, "status", "closed_at")
    for assignment in incident.role_assignments.running():
        assignment.ended_at = max(moment, assignment.started_at)
        assignment.save(update_fields=["ended_at"])
    end_running_impacts(incident, moment)
    record_event(
        incident=incident,
        kind=Kind.MILESTONE,
        text="Closed",
        by=by,
        occurred_at=moment,
        detail=f"Without a retrospective: {waive_reason.strip()}" if missing else "",
        data={"milestone": "closed_at"},
    )
    audit(incident, "incident.closed", by, closed_at=moment, waived=waive_reason if missing else "")
    announce(incident, IncidentClosed(status=Status.CLOSED))
    return incident


def _needs_owner(incident: Incident) -> str:
    return (
        f"You can't close {incident.reference} yet: a {incident.severity} needs a retrospective with an owner. "
        "Choose the owner, or give a reason to close without a retrospective."
    )


def _has_owned_retrospective(incident: Incident) -> bool:
    retrospective = getattr(incident, "retrospective", None)
    return retrospective is not None and retrospective.owner_id is not None
