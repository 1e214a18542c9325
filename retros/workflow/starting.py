"""A retrospective comes to be, gets its owner, and takes over what the incident hands it."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audit import context
from incidents.models import Incident, Status
from incidents.permissions import can_respond
from incidents.workflow import close_incident
from incidents.workflow.basics import announce, audit
from retros.models import Retrospective
from timeline.models import Kind
from timeline.workflow import record_event


@transaction.atomic
def start_retrospective(
    *, incident: Incident, by: Any, owner: Any = None, material: dict | None = None
) -> Retrospective:
    """Open the retrospective of an incident, or give the existing one an owner. Never changes the status."""
    if not can_respond(by, incident):
        raise PermissionDenied("Only responders start a retrospective.")
    if owner is not None and not owner.is_responder:
        raise ValidationError({"owner": f"{owner} is a stakeholder and cannot own a retrospective."})
    if incident.is_final or incident.status == Status.TRIAGE:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}; there is nothing to look back on."
        )
    incident = Incident.objects.select_for_update(of=("self",)).select_related("severity").get(pk=incident.pk)
    retrospective, is_new = Retrospective.objects.get_or_create(
        incident=incident,
        defaults={
            "title": incident.title,
            "is_private": incident.is_private,
            "due_on": due_date(incident),
            "material": material or {},
            "created_at": context.now(),
        },
    )
    if is_new:
        retrospective.incidents.add(incident)
        seat_starter(retrospective, by)
    if not is_new and retrospective.owner_id == (owner.pk if owner else retrospective.owner_id):
        return retrospective
    before, retrospective.owner = retrospective.owner, owner or retrospective.owner
    retrospective.save(update_fields=["owner"])
    whose = f", owned by {retrospective.owner}" if retrospective.owner else ""
    text = (
        f"started the retrospective{whose}" if is_new else f"gave the retrospective to {retrospective.owner}"
    )
    record_event(incident=incident, kind=Kind.FACT, text=text, by=by)
    audit(
        incident,
        "retrospective.started" if is_new else "retrospective.given",
        by,
        owner=[str(before or ""), str(owner or "")],
    )
    announce(incident, "retrospective.started", retrospective=retrospective.pk)
    return retrospective


def seat_starter(retrospective: Retrospective, by: Any) -> None:
    """A private one exists for those at its table only: whoever starts it sits there."""
    if retrospective.is_private:
        retrospective.participants.get_or_create(user=by, defaults={"added_at": context.now()})


@transaction.atomic
def close_with_retrospective(
    *, incident: Incident, by: Any, owner: Any, version: int | None = None
) -> Incident:
    """Close an incident and hand its retrospective to `owner`, in one step."""
    start_retrospective(incident=incident, by=by, owner=owner)
    incident.refresh_from_db()
    return close_incident(incident=incident, by=by, version=version)


def due_date(incident: Incident) -> date | None:
    """The severity's number of business days (Monday to Friday) after resolution, or after now."""
    days = incident.severity.retrospective_due_days
    if days is None:
        return None
    day = (incident.resolved_at or context.now()).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
