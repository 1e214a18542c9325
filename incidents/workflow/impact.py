"""How bad it is and for what: the five answers, and the services affected."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from core.text import in_both_zones
from events.incidents import ImpactAssessed, ServiceImpactChanged
from incidents.models import (
    AffectedService,
    ImpactAssessment,
    Incident,
    Service,
    ServiceImpact,
    Severity,
    Status,
)
from incidents.workflow.schedules import reschedule
from incidents.workflow.transitions import (
    announce,
    audit,
    check_moment,
    lock,
    require_open,
)
from timeline.models import Kind
from timeline.workflow import record_event

Changes = Mapping[str, tuple[str | None, str | None]]
WORST_RANK = 2
SERVICE_IMPACT_ASKED = "Choose how badly the services are affected. Status pages show it."


def asks_for_service_impact(severity: Severity) -> bool:
    """Whether somebody must say how badly services are affected: “degraded” beside a SEV1 or SEV2 would be a guess."""
    return severity.rank <= WORST_RANK


"""By service (its slug) how it was affected before, and how it was set to be affected; None is operational."""


@transaction.atomic
def assess_impact(
    *, incident: Incident, by: User, answers: dict[str, str], override_reason: str = ""
) -> ImpactAssessment:
    """Keep the five answers beside the severity that was chosen; a choice other than suggested needs a reason."""
    incident = lock(incident, by=by)
    suggested = suggested_severity(answers)
    if suggested.pk != incident.severity_id and not override_reason.strip():
        raise ValidationError(
            {
                "override_reason": f"The answers suggest {suggested}. Give a reason to choose {incident.severity} instead."
            }
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
    text = f"assessed the impact and chose {incident.severity} where {suggested} is suggested"
    record_event(
        incident=incident, kind=Kind.FACT, text=text, detail=override_reason.strip(), by=by, data=answers
    )
    audit(incident, "impact.assessed", by, **answers, suggested=suggested.name, chosen=incident.severity.name)
    announce(incident, ImpactAssessed(suggested=suggested.name))
    return assessment


def suggested_severity(answers: dict[str, str]) -> Severity:
    """The severity that five answers suggest; where the installation has none of that rank, the next worse."""
    rank = ImpactAssessment.suggest_rank(**answers)
    found: Severity = (
        Severity.objects.filter(rank__lte=rank).order_by("-rank").first()
        or Severity.objects.order_by("rank")[0]
    )
    return found


@transaction.atomic
def set_service_impact(
    *, incident: Incident, service: Service, impact: str | None, by: User, at: datetime | None = None
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
                    "at": f"{service} is affected since {in_both_zones(running.started_at)}. Choose a later time."
                }
            )
        running.ended_at = moment
        running.save(update_fields=["ended_at"])
    current = None
    if impact is not None:
        current = AffectedService.objects.create(
            incident=incident, service=service, impact=impact, started_at=moment
        )
    record_impact(incident, service, before=before, impact=impact, by=by, at=moment)
    return current


def record_impact(
    incident: Incident,
    service: Service,
    *,
    before: str | None,
    impact: str | None,
    by: User,
    at: datetime | None = None,
) -> None:
    """Everything that follows from another state of a service, in the caller's transaction."""
    if incident.severity.public_if_seen:
        reschedule(incident)
    label = ServiceImpact(impact).label.lower() if impact else "operational again"
    record_event(
        incident=incident,
        kind=Kind.SERVICE,
        text=f"marked {service} {label}",
        by=by,
        occurred_at=at,
        data={"service": service.slug, "from": before, "to": impact},
    )
    audit(incident, "service.impact_changed", by, service=service.slug, impact=[before, impact])
    announce(incident, ServiceImpactChanged(service=service.pk, impact=impact))


def set_impacts(
    *, incident: Incident, impacts: Mapping[Service, str | None], by: User, at: datetime | None = None
) -> Changes:
    """Set how each service is affected, in the caller's transaction; what stays as it is leaves no trace.

    `at` is not earlier than what is set already. Returns what has changed.
    """
    if not impacts:
        return {}
    changes: dict[str, tuple[str | None, str | None]] = {}
    running = {a.service_id: a for a in incident.affected_services.running()}
    for service, impact in impacts.items():
        before = running.get(service.pk)
        if impact == (before.impact if before else None):
            continue
        since = max(at, before.started_at) if at and before else at
        set_service_impact(incident=incident, service=service, impact=impact, by=by, at=since)
        changes[service.slug] = (before.impact if before else None, impact)
    return changes


def take_back_impacts(*, incident: Incident, changes: Changes, by: User, as_if_never: bool) -> None:
    """Put services back to the state before `changes`, in the caller's transaction; one changed since stays.

    With `as_if_never` no interval remains of what was set: a mistake of seconds is not the worst state of a day.
    Otherwise the state before begins again now.
    """
    services = Service.objects.filter(slug__in=changes)
    running = {a.service_id: a for a in incident.affected_services.running()}
    for service in services:
        before, wrong = changes[service.slug]
        current = running.get(service.pk)
        if (current.impact if current else None) != wrong:
            continue
        if as_if_never:
            _remove_interval(incident, service, before=before, current=current)
            record_impact(incident, service, before=wrong, impact=before, by=by)
        else:
            set_service_impact(incident=incident, service=service, impact=before, by=by)


def _remove_interval(
    incident: Incident, service: Service, *, before: str | None, current: AffectedService | None
) -> None:
    if current:
        current.delete()
    if before is not None:
        last = incident.affected_services.filter(service=service, ended_at__isnull=False)
        row = last.order_by("-ended_at", "-pk")[0]
        row.ended_at = None
        row.save(update_fields=["ended_at"])
