"""Step 5: verify, resolve, close, reopen."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from audit import context
from config.text import in_both_zones
from incidents.models import (
    ChecklistKind,
    CheckState,
    Incident,
    RecoveryCheck,
    Status,
)
from incidents.workflow.basics import (
    announce,
    audit,
    check_milestones,
    check_moment,
    end_running_impacts,
    enter_status,
    forget_milestones,
    lay_out_checklist,
    lock,
    require_open,
    save,
)
from incidents.workflow.schedules import reschedule
from timeline.models import Kind, Phase
from timeline.workflow import record_event


@transaction.atomic
def add_recovery_check(
    *, incident: Incident, by: Any, title: str, kind: str, minutes: int | None = None, owner: Any = None
) -> RecoveryCheck:
    incident = lock(incident, by=by)
    require_open(incident)
    if not title.strip():
        raise ValidationError({"title": "Say what is to be checked."})
    if kind == ChecklistKind.SIGNAL and not minutes:
        raise ValidationError({"minutes": "Say for how many minutes it must stay normal."})
    check = RecoveryCheck.objects.create(
        incident=incident,
        title=title.strip(),
        kind=kind,
        owner=owner,
        minutes=minutes if kind == ChecklistKind.SIGNAL else None,
    )
    record_event(incident=incident, kind=Kind.CHECK, text=f"added the recovery check: {check.title}", by=by)
    audit(incident, "recovery_check.added", by, check=check.pk, title=check.title)
    announce(incident, "recovery_check.added", check=check.pk)
    return check


@transaction.atomic
def watch_recovery_check(*, check: RecoveryCheck, by: Any, since: datetime | None = None) -> RecoveryCheck:
    """Start the clock of a signal that must stay normal; starting anew begins at zero."""
    incident = lock(check.incident, by=by)
    require_open(incident)
    if check.kind != ChecklistKind.SIGNAL:
        raise ValidationError("Only a signal is watched; the other checks are answered.")
    check.state, check.watching_since = CheckState.WATCHING, check_moment(since)
    check.settled_at = check.settled_by = None
    check.save()
    record_event(
        incident=incident,
        kind=Kind.CHECK,
        text=f"started watching: {check.title}",
        by=by,
        occurred_at=check.watching_since,
    )
    audit(incident, "recovery_check.watching", by, check=check.pk, since=check.watching_since)
    announce(incident, "recovery_check.watching", check=check.pk)
    return check


@transaction.atomic
def settle_recovery_check(
    *, check: RecoveryCheck, state: str, by: Any, result: str = "", at: datetime | None = None
) -> RecoveryCheck:
    """Passed, failed, or waived with a reason; `open` takes an answer back.

    A watched signal passes only when its minutes are over: until then waiving it says why not.
    """
    incident = lock(check.incident, by=by)
    require_open(incident)
    check = RecoveryCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    moment = check_moment(at)
    before = CheckState(check.state)
    if state not in (CheckState.PASSED, CheckState.FAILED, CheckState.WAIVED, CheckState.OPEN):
        raise ValidationError({"state": "Choose passed, failed or waived."})
    if (state, result.strip()) == (before, check.result):
        return check
    if state in (CheckState.WAIVED, CheckState.FAILED) and not result.strip():
        what = "Say why it is waived." if state == CheckState.WAIVED else "Say what was seen."
        raise ValidationError({"result": what})
    if state == CheckState.PASSED and check.kind == ChecklistKind.SIGNAL:
        if check.watch_ends_at is None:
            raise ValidationError({"state": f"Start watching “{check.title}” first."})
        if moment < check.watch_ends_at:
            raise ValidationError(
                {
                    "state": f"It must stay normal until {in_both_zones(check.watch_ends_at)}; wait, or waive it with a reason."
                }
            )
    check.state, check.result = state, result.strip()
    check.settled_by, check.settled_at = (None, None) if state == CheckState.OPEN else (by, moment)
    if state in (CheckState.OPEN, CheckState.FAILED):
        check.watching_since = None
    check.save()
    record_event(
        incident=incident,
        kind=Kind.CHECK,
        text=f"{CheckState(state).label.lower()}: {check.title}",
        detail=check.result,
        by=by,
        occurred_at=moment,
        data={"check": check.pk, "from": before, "to": state},
    )
    audit(incident, "recovery_check.settled", by, check=check.pk, state=[before, state], result=check.result)
    announce(incident, "recovery_check.settled", check=check.pk, state=state)
    return check


def missing_for_resolution(incident: Incident) -> list[str]:
    """What stands between this incident and resolved, in words; empty when nothing does."""
    missing = []
    if incident.status != Status.MITIGATED:
        missing.append("the impact is not mitigated yet")
    missing += [
        f"“{check.title}” is {check.get_state_display().lower()}"
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
    by: Any,
    at: datetime | None = None,
    waive_reason: str = "",
    version: int | None = None,
) -> Incident:
    """Recovery is verified: every check passed or is waived. `waive_reason` waives all that are still open."""
    incident = lock(incident, by=by, version=version)
    if incident.status != Status.MITIGATED:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}; mitigate it first."
        )
    missing = missing_for_resolution(incident)
    if missing and not waive_reason.strip():
        raise ValidationError([f"Not yet: {'; '.join(missing)}."])
    moment = check_moment(at)
    if missing:
        for check in incident.recovery_checks.all():
            if not check.is_settled:
                settle_recovery_check(check=check, state=CheckState.WAIVED, by=by, result=waive_reason)
    incident.resolved_at = moment
    check_milestones(incident)
    enter_status(incident, Status.RESOLVED, context.now())
    save(incident, "status", "resolved_at")
    end_running_impacts(incident, moment)
    record_event(
        incident=incident,
        kind=Kind.MILESTONE,
        text="Resolved",
        by=by,
        occurred_at=moment,
        phase=Phase.RESOLVED,
        detail=f"Verification waived: {waive_reason.strip()}" if missing else "",
        data={"milestone": "resolved_at"},
    )
    lay_out_checklist(incident)
    reschedule(incident)
    audit(incident, "incident.resolved", by, resolved_at=moment, waived=waive_reason if missing else "")
    announce(incident, "incident.resolved", by=by.pk, status=Status.RESOLVED)
    return incident


@transaction.atomic
def close_incident(
    *,
    incident: Incident,
    by: Any,
    at: datetime | None = None,
    waive_reason: str = "",
    version: int | None = None,
) -> Incident:
    """Hand the incident over formally. A required retrospective must exist and have an owner, or be waived."""
    incident = lock(incident, by=by, version=version)
    if incident.status != Status.RESOLVED:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}; resolve it first."
        )
    missing = missing_for_closing(incident)
    if missing and not waive_reason.strip():
        raise ValidationError([f"Not yet: {'; '.join(missing)}."])
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
    announce(incident, "incident.closed", status=Status.CLOSED)
    return incident


@transaction.atomic
def reopen_incident(*, incident: Incident, by: Any, reason: str, version: int | None = None) -> Incident:
    """It is back, or was never over. The reopened stay is a period of its own; nothing of before is lost."""
    incident = lock(incident, by=by, version=version)
    before = Status(incident.status)
    if before not in (Status.RESOLVED, Status.CLOSED):
        raise ValidationError(f"{incident.reference} is {before.label.lower()}; there is nothing to reopen.")
    if not reason.strip():
        raise ValidationError({"reason": "Say what came back."})
    was = forget_milestones(incident, "mitigated_at", "impact_ended_at", "resolved_at", "closed_at")
    incident.reopen_count += 1
    enter_status(incident, Status.INVESTIGATING, context.now())
    save(incident, "status", "reopen_count", "milestone_basis", *was)
    incident.recovery_checks.update(
        state=CheckState.OPEN, watching_since=None, settled_at=None, settled_by=None, result=""
    )
    record_event(
        incident=incident,
        kind=Kind.STATUS,
        text=f"reopened this ({before.label} → Investigating)",
        detail=reason.strip(),
        by=by,
        data={"from": before, "to": Status.INVESTIGATING},
    )
    reschedule(incident)
    audit(incident, "incident.reopened", by, status=[before, Status.INVESTIGATING], reason=reason, **was)
    announce(incident, "incident.reopened", by=by.pk, status=Status.INVESTIGATING)
    return incident


def _has_owned_retrospective(incident: Incident) -> bool:
    retrospective = getattr(incident, "retrospective", None)
    return retrospective is not None and retrospective.owner_id is not None
