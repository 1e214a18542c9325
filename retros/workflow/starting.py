"""A retrospective comes to be, gets its owner, and takes over what the incident hands it."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import IncidentRetrospectiveStarted
from incidents.models import Incident, Status
from incidents.permissions import can_respond
from incidents.workflow import close_incident
from incidents.workflow.transitions import announce, audit
from retros.models import Retrospective
from retros.workflow.common import leads, lock_to_facilitate, require_open, save
from retros.workflow.session import working_days_after
from retros.workflow.timeline_import import seed_timeline
from timeline.models import Kind
from timeline.workflow import record_event


@transaction.atomic
def start_retrospective(
    *,
    incident: Incident,
    by: User,
    owner: Any = None,
    material: dict[str, Any] | None = None,
    brings_timeline: bool = True,
) -> Retrospective:
    """Open the retrospective of an incident, or give the existing one an owner. Never changes the status.

    A new one copies the incident's timeline, unless the caller writes the rows itself.
    """
    if not can_respond(by, incident):
        raise PermissionDenied("Only responders can start a retrospective.")
    refuse_as_owner(owner)
    incident = hold(incident)
    retrospective, is_new = Retrospective.objects.get_or_create(
        incident=incident,
        defaults={
            "title": incident.title,
            "owner": owner,
            "due_on": due_date(incident),
            "material": material or {},
            "created_at": context.now(),
        },
    )
    if not is_new:
        return hand_over(retrospective, by=by, owner=owner)
    retrospective.incidents.add(incident)
    tell_incident(retrospective, by)
    if brings_timeline:
        seed_timeline(retrospective=retrospective, by=by)
    return retrospective


def hold(incident: Incident) -> Incident:
    """The incident, locked, so that it gets one retrospective of its own; refuses one with nothing to look back on."""
    if incident.is_final or incident.status == Status.TRIAGE:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}, so there is nothing to look back on."
        )
    return Incident.objects.select_for_update(of=("self",)).select_related("severity").get(pk=incident.pk)


def refuse_as_owner(owner: Any) -> None:
    if owner is not None and not owner.is_responder:
        raise ValidationError({"owner": f"{owner} is a stakeholder and cannot own a retrospective."})


def tell_incident(retrospective: Retrospective, by: User) -> None:
    """That it is looked back on now stands in the incident's own timeline."""
    assert retrospective.incident is not None
    owner = retrospective.owner
    text = f"started the retrospective, owned by {owner}" if owner else "started the retrospective"
    record_event(incident=retrospective.incident, kind=Kind.FACT, text=text, by=by)
    audit(retrospective.incident, "retrospective.started", by, owner=["", str(owner or "")])
    announce(retrospective.incident, IncidentRetrospectiveStarted(retrospective=retrospective.pk))


def hand_over(retrospective: Retrospective, *, by: User, owner: Any) -> Retrospective:
    """Give an incident's own retrospective to `owner`: only whoever leads it does."""
    if owner is None or owner.pk == retrospective.owner_id:
        return retrospective
    retrospective = lock_to_facilitate(retrospective, by=by)
    require_open(retrospective)
    assert retrospective.incident is not None
    incident, before, retrospective.owner = retrospective.incident, retrospective.owner, owner
    save(retrospective, "owner")
    record_event(incident=incident, kind=Kind.FACT, text=f"gave the retrospective to {owner}", by=by)
    audit(incident, "retrospective.given", by, owner=[str(before or ""), str(owner)])
    announce(incident, IncidentRetrospectiveStarted(retrospective=retrospective.pk))
    return retrospective


def seat_starter(retrospective: Retrospective, by: User) -> None:
    """A private one exists for those at its table only: whoever makes it so sits there."""
    if retrospective.is_private:
        retrospective.participants.get_or_create(user=by, defaults={"added_at": context.now()})


@transaction.atomic
def close_with_retrospective(
    *, incident: Incident, by: User, owner: Any, version: int | None = None
) -> Incident:
    """Close an incident and hand its retrospective to `owner`, in one step.

    One that is published, or that somebody else leads, stays with whoever has it.
    """
    found = Retrospective.objects.filter(incident=incident).first()
    if found is None or (not found.is_published and leads(by, found)):
        start_retrospective(incident=incident, by=by, owner=owner)
    incident.refresh_from_db()
    return close_incident(incident=incident, by=by, version=version)


def due_date(incident: Incident) -> date | None:
    """The severity's number of business days (Monday to Friday) after resolution, or after now."""
    days = incident.severity.retrospective_due_days
    if days is None:
        return None
    return working_days_after((incident.resolved_at or context.now()).date(), days)
