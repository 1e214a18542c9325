"""Step 1: report, declare, accept, decline."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import IncidentDeclared, IncidentDeclined, IncidentReported
from incidents.models import (
    AffectedService,
    Incident,
    IncidentLink,
    LinkTemplate,
    Role,
    Service,
    ServiceImpact,
    Severity,
    Status,
    StatusPeriod,
)
from incidents.permissions import can_declare, can_report
from incidents.workflow.checklist import lay_out_checklist, lay_out_first_checklist
from incidents.workflow.impact import set_impacts
from incidents.workflow.people import give_first_role, give_role, join, join_first
from incidents.workflow.record import Record
from incidents.workflow.schedules import reschedule, schedule_first
from incidents.workflow.transitions import (
    FormUsed,
    announce,
    audit,
    check_milestones,
    check_moment,
    end_running_impacts,
    enter_status,
    give_number_back,
    lock,
    next_number,
    save,
)
from timeline.models import Kind, Phase
from timeline.workflow import record_event


@transaction.atomic
def report_problem(
    *,
    by: User,
    title: str,
    summary: str = "",
    services: list[Service] | None = None,
    form_token: UUID | None = None,
    source: str = Incident.Source.PERSON,
    detected_at: datetime | None = None,
    severity: Severity | None = None,
) -> Incident:
    """Somebody says that something looks wrong: a suspected incident that waits in triage.

    Without a `severity` it has the one that is taken when nobody is sure.
    `detected_at` is when monitoring noticed, where it was monitoring; never in the future.
    The same `form_token` again returns the incident it made the first time.
    """
    if not can_report(by):
        raise PermissionDenied("Sign in to report a problem.")
    number = next_number()
    if existing := _already_made(form_token, by, title, number):
        return existing
    incident = _create(
        number=number,
        title=title,
        summary=summary,
        severity=severity or Severity.objects.when_nobody_is_sure(),
        status=Status.TRIAGE,
        reported_by=by,
        created_at=context.now(),
        detected_at=check_moment(detected_at, "detected_at") if detected_at else None,
        source=source,
        form_token=form_token,
    )
    if services:
        _affect(incident, services, incident.created_at)
    join(incident, by)
    record_event(incident=incident, kind=Kind.FACT, text="reported a problem", detail=summary, by=by)
    audit(incident, "incident.reported", by, title=title)
    announce(incident, IncidentReported(by=by.pk))
    return incident


@transaction.atomic
def declare_incident(
    *,
    by: User,
    title: str,
    severity: Severity,
    summary: str = "",
    services: list[Service] | None = None,
    service_impact: str = ServiceImpact.DEGRADED,
    takes_command: bool = True,
    incident_type: Any = None,
    is_private: bool = False,
    is_drill: bool = False,
    impact_started_at: datetime | None = None,
    detected_at: datetime | None = None,
    form_token: UUID | None = None,
    source: str = Incident.Source.PERSON,
    source_id: str | None = None,
) -> Incident:
    """Formally declare an incident. The same `form_token` again returns the one it made the first time.

    `services` are affected like `service_impact` says.
    `impact_started_at` and `detected_at` may lie in the past (retroactive start), never in the future.
    """
    if not can_declare(by):
        raise PermissionDenied("Only responders can declare an incident. Report a problem instead.")
    number = next_number()
    if existing := _already_made(form_token, by, title, number):
        return existing
    now = context.now()
    incident = _create(
        number=number,
        title=title,
        summary=summary,
        severity=severity,
        status=Status.INVESTIGATING,
        reported_by=by,
        incident_type=incident_type,
        is_private=is_private,
        is_drill=is_drill,
        impact_started_at=check_moment(impact_started_at, "impact_started_at") if impact_started_at else None,
        detected_at=check_moment(detected_at or now, "detected_at"),
        declared_at=now,
        acknowledged_at=now if takes_command else None,
        created_at=now,
        form_token=form_token,
        source=source,
        source_id=source_id,
    )
    if services:
        _affect(incident, services, impact_started_at or now, service_impact)
    record = Record(incident, by)
    _say_declared(record)
    commander = None
    if takes_command:
        commander = give_first_role(record, role=_command(), user=by, moment=now)
    else:
        join_first(incident, by, now)
    lay_out_first_checklist(incident, commander)
    _lay_out_links(incident, services or [])
    schedule_first(incident)
    record.announce(IncidentDeclared(by=by.pk, severity=severity.name))
    record.write()
    return incident


@transaction.atomic
def accept_report(
    *,
    incident: Incident,
    by: User,
    severity: Severity | None = None,
    service_impact: str | None = None,
    takes_command: bool = True,
) -> Incident:
    """Declare a suspected incident under the reference it already has.

    `service_impact` says how the services of the report are affected; by default as the report left them.
    """
    incident = lock(incident, by=by)
    _require_triage(incident)
    now = context.now()
    incident.severity = severity or incident.severity
    incident.declared_at = now
    incident.detected_at = incident.detected_at or incident.created_at
    check_milestones(incident)
    enter_status(incident, Status.INVESTIGATING, now)
    save(incident, "severity", "declared_at", "detected_at", "status")
    if service_impact:
        affected = incident.affected_services.running().select_related("service")
        set_impacts(incident=incident, impacts={a.service: service_impact for a in affected}, by=by)
    record = Record(incident, by)
    _say_declared(record)
    if takes_command:
        give_role(record, role=_command(), user=by, moment=context.now())
    else:
        join(incident, by, notifies=False)
    lay_out_checklist(incident)
    affected = incident.affected_services.select_related("service")
    _lay_out_links(
        incident, [a.service for a in affected], have=incident.links.values_list("label", flat=True)
    )
    reschedule(incident)
    record.announce(IncidentDeclared(by=by.pk, severity=incident.severity.name))
    record.write()
    return incident


@transaction.atomic
def decline_report(*, incident: Incident, by: User, reason: str) -> Incident:
    """A false alarm: it needs a reason, and stays readable."""
    incident = lock(incident, by=by)
    _require_triage(incident)
    if not reason.strip():
        raise ValidationError({"reason": "Say why this is not an incident."})
    enter_status(incident, Status.DECLINED, context.now())
    incident.decline_reason = reason.strip()
    save(incident, "status", "decline_reason")
    end_running_impacts(incident, context.now())
    record_event(
        incident=incident, kind=Kind.STATUS, text="declined this report", detail=reason.strip(), by=by
    )
    audit(incident, "incident.declined", by, reason=reason)
    announce(incident, IncidentDeclined(by=by.pk))
    return incident


def _already_made(form_token: UUID | None, by: User, title: str, number: int) -> Incident | None:
    """What this form made before; the number just taken is given back then.

    To be asked with the number in hand: the counter's lock lets a second identical submission wait for the first.
    """
    existing = Incident.objects.filter(form_token=form_token).first() if form_token else None
    if existing is None:
        return None
    give_number_back(number)
    if (existing.reported_by_id, existing.title) != (by.pk, title.strip()):
        raise FormUsed("made an incident")
    return existing


def _create(*, status: str, **fields: Any) -> Incident:
    fields["title"] = fields["title"].strip()
    if not fields["title"]:
        raise ValidationError({"title": "Say what is wrong, in one line."})
    incident = Incident(status=status, **fields)
    check_milestones(incident)
    incident.save(force_insert=True)
    StatusPeriod.objects.create(incident=incident, status=status, started_at=incident.created_at)
    return incident


def _affect(
    incident: Incident, services: list[Service], since: datetime, impact: str = ServiceImpact.DEGRADED
) -> None:
    AffectedService.objects.bulk_create(
        AffectedService(incident=incident, service=service, impact=impact, started_at=since)
        for service in dict.fromkeys(services)  # a program may name one twice
    )


def _command() -> Role:
    return Role.objects.get(slug=Role.COMMANDER)


def _say_declared(record: Record) -> None:
    """The milestones known at declaring on the timeline, and the link of the audit trail."""
    incident = record.incident
    for name, phase in (("impact_started_at", ""), ("detected_at", Phase.DETECTED)):
        moment = getattr(incident, name)
        if moment and moment < incident.declared_at:
            record.event(
                kind=Kind.MILESTONE,
                text="Impact began" if not phase else "Detected",
                by=None,
                occurred_at=moment,
                phase=phase,
                data={"milestone": name},
            )
    record.event(
        kind=Kind.MILESTONE,
        text="Declared",
        by=record.by,
        occurred_at=incident.declared_at,
        data={"milestone": "declared_at", "severity": incident.severity.name},
    )
    record.audit(
        "incident.declared",
        title=incident.title,
        severity=incident.severity.name,
        private=incident.is_private,
        drill=incident.is_drill,
    )


def _lay_out_links(incident: Incident, affected: list[Service], have: Iterable[str] = ()) -> None:
    """The links of the catalogue, each label once; `have` are those on the incident already."""
    templates = list(LinkTemplate.objects.all())
    if not templates:
        return
    labels = set(have)
    services = {service.pk: service for service in affected}
    values = {
        "reference": incident.reference.lower(),
        "number": incident.number,
        "severity": incident.severity.name.lower(),
    }
    links = []
    for template in templates:
        if template.label in labels or (template.service_id and template.service_id not in services):
            continue
        service = services.get(template.service_id) if template.service_id else None
        url = template.url_template.format(**values, service=service.slug if service else "")
        links.append(IncidentLink(incident=incident, label=template.label, kind=template.kind, url=url))
        labels.add(template.label)
    IncidentLink.objects.bulk_create(links)


def _require_triage(incident: Incident) -> None:
    if incident.status != Status.TRIAGE:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}, not suspected any more."
        )
