"""When things happened: the milestones, corrected with their old values kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import MilestonesSet
from incidents.models import (
    MILESTONES,
    Incident,
    Status,
)
from incidents.workflow.transitions import (
    announce,
    audit,
    check_milestones,
    check_moment,
    lock,
    save,
)
from timeline.models import Kind, Phase
from timeline.workflow import record_event

MILESTONE_PHASES = {
    "introduced_at": Phase.INTRODUCED,
    "detected_at": Phase.DETECTED,
    "mitigated_at": Phase.MITIGATED,
    "resolved_at": Phase.RESOLVED,
}
STATUS_MILESTONES = {
    "declared_at": "declare",
    "mitigated_at": "mitigate",
    "resolved_at": "resolve",
    "closed_at": "close",
}


@transaction.atomic
def set_milestones(
    *,
    incident: Incident,
    by: User,
    moments: Mapping[str, datetime | None],
    basis: dict[str, dict[str, Any]] | None = None,
    version: int | None = None,
) -> Incident:
    """Correct when something happened. `moments` maps milestone names to UTC instants or None.

    `basis` maps them to {"source": system|alert|person|estimate|unknown, "uncertainty_seconds": int | None}. An
    estimate may have "words" as well: those of the status update it was taken from, which the timeline shows.
    Times out of order are refused with a message that names both; the old value stays in the audit trail. A time
    the status cannot be without is only cleared by saying that it is unknown.
    """
    incident = lock(incident, by=by, version=version)
    if unknown := set(moments) - set(MILESTONES):
        raise ValidationError(f"There is no milestone called {', '.join(sorted(unknown))}.")
    basis = basis or {}
    changes: dict[str, list[Any]] = {}
    for name, moment in moments.items():
        before = getattr(incident, name)
        if moment is not None:
            _require_reached(incident, name, before, moment)
            check_moment(moment, name)
        elif before is not None and name in _needed_milestones(incident) and not _is_unknown(basis, name):
            raise ValidationError(
                {name: f"A {incident.get_status_display().lower()} incident has this time."}
            )
        if before != moment:
            changes[name] = [before, moment]
            setattr(incident, name, moment)
    new_basis = {
        name: basis[name]
        for name, moment in moments.items()
        if name in basis and (moment or _is_unknown(basis, name))
    }
    if not changes and all(incident.milestone_basis.get(n) == b for n, b in new_basis.items()):
        return incident
    check_milestones(incident)
    kept = {n: b for n, b in incident.milestone_basis.items() if n not in changes}
    incident.milestone_basis = kept | new_basis
    save(incident, *moments, "milestone_basis")
    for name, (before, moment) in changes.items():
        _show_milestone(incident, name, before, moment, by, words=new_basis.get(name, {}).get("words", ""))
    audit(incident, "milestones.set", by, **changes, basis=new_basis)
    announce(incident, MilestonesSet(milestones=sorted(changes)))
    return incident


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


def _require_reached(incident: Incident, name: str, before: datetime | None, moment: datetime) -> None:
    """A time that a status brings is given by stepping into that status, which may be backdated."""
    if moment != before and name in STATUS_MILESTONES and name not in _needed_milestones(incident):
        raise ValidationError(
            {
                name: f"{incident.reference} is {incident.get_status_display().lower()}. "
                f"{STATUS_MILESTONES[name].capitalize()} it first. You can enter a time in the past."
            }
        )


def _is_unknown(basis: dict[str, dict[str, Any]], name: str) -> bool:
    return basis.get(name, {}).get("source") == "unknown"


def _show_milestone(
    incident: Incident, name: str, before: datetime | None, moment: datetime | None, by: User, *, words: str
) -> None:
    """Keep one row per milestone on the timeline, at its time, and a line that says who moved it."""
    detail = f"estimated from the status update “{words}”" if words else ""
    event = incident.timeline.standing().filter(kind=Kind.MILESTONE, data__milestone=name).first()
    if moment is None:
        if event:
            event.removed_at = context.now()
            event.save(update_fields=["removed_at"])
    elif event:
        event.occurred_at, event.detail = moment, detail
        event.save(update_fields=["occurred_at", "detail"])
    else:
        record_event(
            incident=incident,
            kind=Kind.MILESTONE,
            text=MILESTONES[name],
            detail=detail,
            by=by,
            occurred_at=moment,
            phase=MILESTONE_PHASES.get(name, ""),
            data={"milestone": name},
        )
    if before is not None:
        to = f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "unknown"
        text = f"corrected {MILESTONES[name].lower()}: {before:%Y-%m-%d %H:%M:%S} UTC → {to}"
        record_event(incident=incident, kind=Kind.FACT, text=text, by=by)
