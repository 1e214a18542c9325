"""What the incident is: severity, status, milestones, visibility, words, affected services."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audit import context
from incidents.models import (
    MILESTONES,
    AffectedService,
    ImpactAssessment,
    Incident,
    Service,
    ServiceImpact,
    Severity,
    Status,
)
from incidents.permissions import can_set_visibility
from incidents.workflow.basics import (
    announce,
    audit,
    check_milestones,
    check_moment,
    enter_status,
    lay_out_checklist,
    lock,
    require_open,
    save,
)
from incidents.workflow.people import join
from incidents.workflow.schedules import reschedule
from timeline.models import Kind, Phase
from timeline.workflow import record_event

EDITABLE = (
    "title",
    "summary",
    "now_note",
    "next_note",
    "degraded_note",
    "impact_summary",
    "impact_figures",
    "incident_type",
    "is_drill",
)
QUIET = ("impact_figures", "incident_type")
MILESTONE_PHASES = {
    "introduced_at": Phase.INTRODUCED,
    "detected_at": Phase.DETECTED,
    "mitigated_at": Phase.MITIGATED,
    "resolved_at": Phase.RESOLVED,
}


@transaction.atomic
def change_severity(
    *, incident: Incident, severity: Severity, by: Any, reason: str = "", version: int | None = None
) -> Incident:
    """Raise or lower the severity; the update clocks are set anew and the checklist grows where it must."""
    incident = lock(incident, by=by, version=version)
    require_open(incident)
    before = incident.severity
    if before.pk == severity.pk:
        return incident
    incident.severity = severity
    save(incident, "severity")
    raised = severity.rank < before.rank
    record_event(
        incident=incident,
        kind=Kind.SEVERITY,
        text=f"{'raised' if raised else 'lowered'} {before} → {severity}",
        detail=reason.strip(),
        by=by,
        phase=Phase.ESCALATED if raised else "",
        data={"from": before.name, "to": severity.name},
    )
    lay_out_checklist(incident)
    reschedule(incident)
    audit(incident, "severity.changed", by, severity=[before.name, severity.name], reason=reason)
    announce(incident, "severity.changed", before=before.name, severity=severity.name)
    return incident


@transaction.atomic
def change_status(
    *, incident: Incident, status: str, by: Any, reason: str = "", version: int | None = None
) -> Incident:
    """Step between investigating and fixing, or back from mitigated. The other steps have verbs of their own."""
    incident = lock(incident, by=by, version=version)
    before = Status(incident.status)
    allowed = {
        Status.INVESTIGATING: (Status.FIXING,),
        Status.FIXING: (Status.INVESTIGATING,),
        Status.MITIGATED: (Status.FIXING, Status.INVESTIGATING),
    }.get(before, ())
    if status not in allowed:
        raise ValidationError(
            {
                "status": f"{incident.reference} cannot go from {before.label.lower()} to {Status(status).label.lower()} this way."
            }
        )
    if before == Status.MITIGATED and not reason.strip():
        raise ValidationError({"reason": "Say why it is not contained any more."})
    enter_status(incident, status, context.now())
    changed = ["status"]
    if before == Status.MITIGATED:
        incident.mitigated_at = incident.impact_ended_at = None
        changed += ["mitigated_at", "impact_ended_at"]
    save(incident, *changed)
    record_event(
        incident=incident,
        kind=Kind.STATUS,
        text=f"moved {before.label} → {Status(status).label}",
        detail=reason.strip(),
        by=by,
        data={"from": before, "to": status},
    )
    lay_out_checklist(incident)
    reschedule(incident)
    audit(incident, "status.changed", by, status=[before, status], reason=reason)
    announce(incident, "status.changed", before=before, status=status)
    return incident


@transaction.atomic
def set_milestones(
    *,
    incident: Incident,
    by: Any,
    moments: dict[str, datetime | None],
    basis: dict[str, dict] | None = None,
    version: int | None = None,
) -> Incident:
    """Correct when something happened. `moments` maps milestone names to UTC instants or None.

    `basis` maps them to {"source": system|alert|person|estimate, "uncertainty_seconds": int | None}. Times out
    of order are refused with a message that names both; the old value stays in the audit trail.
    """
    incident = lock(incident, by=by, version=version)
    if unknown := set(moments) - set(MILESTONES):
        raise ValidationError(f"There is no milestone called {', '.join(sorted(unknown))}.")
    basis = basis or {}
    changes: dict[str, list] = {}
    for name, moment in moments.items():
        before = getattr(incident, name)
        if moment is not None:
            check_moment(moment, name)
        elif before is not None and name in _needed_milestones(incident):
            raise ValidationError(
                {name: f"A {incident.get_status_display().lower()} incident has this time."}
            )
        if before != moment:
            changes[name] = [before, moment]
            setattr(incident, name, moment)
    new_basis = {name: basis[name] for name in moments if name in basis and getattr(incident, name)}
    if not changes and all(incident.milestone_basis.get(n) == b for n, b in new_basis.items()):
        return incident
    check_milestones(incident)
    incident.milestone_basis = incident.milestone_basis | new_basis
    save(incident, *moments, "milestone_basis")
    for name, (before, moment) in changes.items():
        _show_milestone(incident, name, before, moment, by)
    audit(incident, "milestones.set", by, **changes, basis=new_basis)
    announce(incident, "milestones.set", milestones=sorted(changes))
    return incident


@transaction.atomic
def edit_incident(*, incident: Incident, by: Any, version: int | None = None, **fields: Any) -> Incident:
    """Change words of the incident: title, summary, now and next, the degraded-mode note, impact figures."""
    incident = lock(incident, by=by, version=version)
    if unknown := set(fields) - set(EDITABLE):
        raise ValidationError(f"{', '.join(sorted(unknown))} cannot be edited here.")
    if "title" in fields and not fields["title"].strip():
        raise ValidationError({"title": "Say what is wrong, in one line."})
    changes = {n: [getattr(incident, n), v] for n, v in fields.items() if getattr(incident, n) != v}
    if not changes:
        return incident
    for name in changes:
        setattr(incident, name, fields[name])
    save(incident, *changes)
    for name, (_, value) in changes.items():
        if name not in QUIET:
            label = Incident._meta.get_field(name).verbose_name
            text = f"set {label}: {value}" if value not in ("", False) else f"cleared {label}"
            record_event(incident=incident, kind=Kind.FACT, text=text, by=by, data={"field": name})
    if any(name in QUIET for name in changes):
        record_event(
            incident=incident, kind=Kind.FACT, text="described the impact", by=by, detail=_figures(incident)
        )
    audit(incident, "incident.edited", by, **{n: [str(a), str(b)] for n, (a, b) in changes.items()})
    announce(incident, "incident.edited", fields=sorted(changes))
    return incident


@transaction.atomic
def change_visibility(*, incident: Incident, is_private: bool, by: Any) -> Incident:
    """Hide or open an incident. Hiding keeps it for those already on it and for whom the policy names."""
    incident = lock(incident, by=by)
    if not can_set_visibility(by, incident):
        raise PermissionDenied("Only the commander or an administrator changes who sees this.")
    if incident.is_private == is_private:
        return incident
    incident.is_private = is_private
    save(incident, "is_private")
    join(incident, by)
    record_event(
        incident=incident,
        kind=Kind.FACT,
        by=by,
        text="made this private" if is_private else "opened this to everyone signed in",
    )
    audit(incident, "visibility.changed", by, private=[not is_private, is_private])
    announce(incident, "visibility.changed", private=is_private)
    return incident


@transaction.atomic
def assess_impact(
    *, incident: Incident, by: Any, answers: dict[str, str], override_reason: str = ""
) -> ImpactAssessment:
    """Keep the five answers beside the severity that was chosen; a choice other than suggested needs a reason."""
    incident = lock(incident, by=by)
    rank = ImpactAssessment.suggest_rank(**answers)
    suggested = Severity.objects.get(rank=rank)
    if suggested.pk != incident.severity_id and not override_reason.strip():
        raise ValidationError(
            {"override_reason": f"The answers suggest {suggested}; say why {incident.severity} fits better."}
        )
    assessment = ImpactAssessment.objects.create(
        incident=incident,
        suggested=suggested,
        chosen=incident.severity,
        override_reason=override_reason.strip(),
        assessed_by=by,
        assessed_at=context.now(),
        **answers,
    )
    text = f"assessed the impact: {suggested} suggested, {incident.severity} chosen"
    record_event(
        incident=incident, kind=Kind.FACT, text=text, detail=override_reason.strip(), by=by, data=answers
    )
    audit(incident, "impact.assessed", by, **answers, suggested=suggested.name, chosen=incident.severity.name)
    return assessment


@transaction.atomic
def set_service_impact(
    *, incident: Incident, service: Service, impact: str | None, by: Any, at: datetime | None = None
) -> AffectedService | None:
    """From `at` on the service is affected like this; None ends it. Each degree is an interval of its own."""
    incident = lock(incident, by=by)
    if incident.status != Status.TRIAGE:
        require_open(incident)
    if impact is not None and impact not in ServiceImpact.values:
        raise ValidationError({"impact": "Choose degraded, partial outage or major outage."})
    moment = check_moment(at)
    running = incident.affected_services.running().filter(service=service).first()
    before = running.impact if running else None
    if before == impact:
        return running
    if running:
        if moment < running.started_at:
            raise ValidationError(
                {
                    "at": f"{service} is affected since {running.started_at:%Y-%m-%d %H:%M} UTC; this is earlier."
                }
            )
        running.ended_at = moment
        running.save(update_fields=["ended_at"])
    current = None
    if impact is not None:
        current = AffectedService.objects.create(
            incident=incident, service=service, impact=impact, started_at=moment
        )
    label = ServiceImpact(impact).label.lower() if impact else "operational again"
    record_event(
        incident=incident,
        kind=Kind.SERVICE,
        text=f"marked {service} {label}",
        by=by,
        occurred_at=moment,
        data={"service": service.slug, "from": before, "to": impact},
    )
    audit(incident, "service.impact_changed", by, service=service.slug, impact=[before, impact])
    announce(incident, "service.impact_changed", service=service.pk, impact=impact)
    return current


def _needed_milestones(incident: Incident) -> set[str]:
    """The times an incident in this status cannot be without."""
    needed = (
        {"declared_at"} if incident.status not in (Status.TRIAGE, Status.DECLINED, Status.MERGED) else set()
    )
    if incident.status in (Status.MITIGATED, Status.RESOLVED, Status.CLOSED):
        needed.add("mitigated_at")
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        needed.add("resolved_at")
    if incident.status == Status.CLOSED:
        needed.add("closed_at")
    return needed


def _show_milestone(
    incident: Incident, name: str, before: datetime | None, moment: datetime | None, by: Any
) -> None:
    """Keep one row per milestone on the timeline, at its time, and a line that says who moved it."""
    event = incident.timeline.standing().filter(kind=Kind.MILESTONE, data__milestone=name).first()
    if moment is None:
        if event:
            event.removed_at = context.now()
            event.save(update_fields=["removed_at"])
    elif event:
        event.occurred_at = moment
        event.save(update_fields=["occurred_at"])
    else:
        record_event(
            incident=incident,
            kind=Kind.MILESTONE,
            text=MILESTONES[name],
            by=by,
            occurred_at=moment,
            phase=MILESTONE_PHASES.get(name, ""),
            data={"milestone": name},
        )
    if before is not None:
        to = f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "unknown"
        text = f"corrected {MILESTONES[name].lower()}: {before:%Y-%m-%d %H:%M:%S} UTC → {to}"
        record_event(incident=incident, kind=Kind.FACT, text=text, by=by)


def _figures(incident: Incident) -> str:
    return " · ".join(f"{figure['label']} {figure['value']}" for figure in incident.impact_figures)
