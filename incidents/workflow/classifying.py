"""What the incident is: severity, status, visibility, words."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import capfirst

from accounts.models import User
from audit import context
from events.incidents import IncidentEdited, SeverityChanged, StatusChanged, VisibilityChanged
from incidents.models import (
    Incident,
    Severity,
    Status,
)
from incidents.permissions import can_set_visibility, keeps_access
from incidents.workflow.announcing import note_sentence
from incidents.workflow.checklist import lay_out_checklist
from incidents.workflow.people import join
from incidents.workflow.schedules import reschedule
from incidents.workflow.ticking import open_tasks_again
from incidents.workflow.transitions import (
    announce,
    audit,
    enter_status,
    forget_milestones,
    lock,
    require_open,
    save,
)
from timeline.models import Kind, Phase
from timeline.workflow import record_event

EDITABLE = (
    "title",
    "summary",
    "now_note",
    "next_note",
    "degraded_note",
    "impact_summary",
    "cost_low",
    "cost_high",
    "impact_figures",
    "incident_type",
    "is_drill",
)
QUIET = ("cost_low", "cost_high", "impact_figures", "incident_type")


@transaction.atomic
def change_severity(
    *, incident: Incident, severity: Severity, by: User, reason: str = "", version: int | None = None
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
    announce(incident, SeverityChanged(by=by.pk, before=before.name, severity=severity.name))
    return incident


@transaction.atomic
def change_status(
    *, incident: Incident, status: str, by: User, reason: str = "", version: int | None = None
) -> Incident:
    """Step between investigating and fixing, or back from mitigated. The other steps have verbs of their own."""
    incident = lock(incident, by=by, version=version)
    before = Status(incident.status)
    allowed = {
        Status.INVESTIGATING: (Status.FIXING,),
        Status.FIXING: (Status.INVESTIGATING,),
        Status.MITIGATED: (Status.FIXING, Status.INVESTIGATING),
    }.get(before, ())
    if status not in Status.values:
        raise ValidationError({"status": "Choose where it goes."})
    if status not in allowed:
        raise ValidationError(
            {
                "status": f"{incident.reference} cannot go from {before.label.lower()} to {Status(status).label.lower()} this way."
            }
        )
    if before == Status.MITIGATED and not reason.strip():
        raise ValidationError({"reason": "Say why it is not contained any more."})
    enter_status(incident, status, context.now())
    was = {}
    if before == Status.MITIGATED:
        was = forget_milestones(incident, "mitigated_at", "impact_ended_at")
        open_tasks_again(incident)
    save(incident, "status", "milestone_basis", *was)
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
    note_sentence(incident, before=before, update=None)
    audit(incident, "status.changed", by, status=[before, status], reason=reason, **was)
    announce(incident, StatusChanged(by=by.pk, before=before, status=status))
    return incident


@transaction.atomic
def edit_incident(*, incident: Incident, by: User, version: int | None = None, **fields: Any) -> Incident:
    """Change words of the incident: title, summary, now and next, the degraded-mode note, impact figures."""
    incident = lock(incident, by=by, version=version)
    if unknown := set(fields) - set(EDITABLE):
        raise ValidationError(f"{', '.join(sorted(unknown))} cannot be edited here.")
    fields = {n: v.strip() if isinstance(v, str) else v for n, v in fields.items()}
    if fields.get("title") == "":
        raise ValidationError({"title": "Say what is wrong, in one line."})
    changes = {n: [getattr(incident, n), v] for n, v in fields.items() if getattr(incident, n) != v}
    if not changes:
        return incident
    for name in changes:
        setattr(incident, name, fields[name])
    save(incident, *changes)
    for name, (_, value) in changes.items():
        if name not in QUIET:
            label = getattr(Incident._meta.get_field(name), "verbose_name", name)
            is_set = value not in ("", False)
            text = f"changed “{capfirst(label)}” to “{value}”" if is_set else f"cleared “{capfirst(label)}”"
            record_event(incident=incident, kind=Kind.FACT, text=text, by=by, data={"field": name})
    if any(name in QUIET for name in changes):
        record_event(
            incident=incident,
            kind=Kind.FACT,
            text="described the impact",
            by=by,
            detail=_in_words(incident.impact_figures),
        )
    audit(
        incident, "incident.edited", by, **{n: [_in_words(a), _in_words(b)] for n, (a, b) in changes.items()}
    )
    announce(incident, IncidentEdited(fields=sorted(changes)))
    return incident


@transaction.atomic
def change_visibility(*, incident: Incident, is_private: bool, by: User) -> Incident:
    """Hide or open an incident. Hiding keeps it for those already on it, for those of `keeps_access`, who are
    notified, and for those whom the policy names.

    Links to the brief that were given out while everybody could see it stop working.
    """
    incident = lock(incident, by=by)
    if not can_set_visibility(by, incident):
        raise PermissionDenied("Only the commander or an administrator can change who sees this incident.")
    if incident.is_private == is_private:
        return incident
    incident.is_private = is_private
    save(incident, "is_private")
    if is_private:
        incident.brief_links.filter(revoked_at__isnull=True).update(revoked_at=context.now())
    join(incident, by)
    kept = list(keeps_access(incident).exclude(pk=by.pk)) if is_private else []
    for person in kept:
        join(incident, person, notifies=False)
    record_event(
        incident=incident,
        kind=Kind.FACT,
        by=by,
        text="made this private" if is_private else "opened this to everyone signed in",
    )
    reschedule(incident)
    audit(incident, "visibility.changed", by, private=[not is_private, is_private])
    announce(
        incident, VisibilityChanged(by=by.pk, private=is_private, recipients=[person.pk for person in kept])
    )
    return incident


def _in_words(value: object) -> str:
    """A value as it is recorded: figures as people read them."""
    if not isinstance(value, list):
        return str(value)
    return " · ".join(f"{figure['label']} {figure['value']}" for figure in value)
