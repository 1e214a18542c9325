"""Step 2: what is tried against the impact, and the moment it stops."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import IncidentMitigated, MitigationMoved, MitigationRecorded
from incidents.models import DoneWhen, Incident, Mitigation, MitigationState, Service, Status
from incidents.workflow.announcing import note_sentence, post_texts
from incidents.workflow.checklist import lay_out_checklist
from incidents.workflow.impact import set_impacts
from incidents.workflow.schedules import reschedule
from incidents.workflow.ticking import tick_tasks
from incidents.workflow.transitions import (
    announce,
    audit,
    check_milestones,
    check_moment,
    enter_status,
    lock,
    lock_row,
    require_open,
    save,
)
from timeline.models import Kind, Phase
from timeline.workflow import record_event


@transaction.atomic
def record_mitigation(
    *,
    incident: Incident,
    by: User,
    text: str,
    kind: str = Mitigation.Kind.OTHER,
    state: str = MitigationState.PROPOSED,
    target: Service | None = None,
    owner: Any = None,
    risk: str = "",
    is_reversible: bool = True,
    time_box_minutes: int | None = None,
    expected_effect: str = "",
    at: datetime | None = None,
) -> Mitigation:
    """Propose something that limits the impact, or note that it is being applied already."""
    incident = lock(incident, by=by)
    require_open(incident)
    if not text.strip():
        raise ValidationError({"text": "Say what is to be done."})
    if state not in (MitigationState.PROPOSED, MitigationState.APPLYING):
        raise ValidationError({"state": "A new mitigation is proposed or being applied."})
    moment = check_moment(at)
    mitigation = Mitigation.objects.create(
        incident=incident,
        text=text.strip(),
        kind=kind,
        state=state,
        target=target,
        owner=owner or by,
        risk=risk,
        is_reversible=is_reversible,
        time_box_minutes=time_box_minutes,
        expected_effect=expected_effect,
        proposed_at=moment,
        started_at=moment if state == MitigationState.APPLYING else None,
    )
    record_event(
        incident=incident,
        kind=Kind.MITIGATION,
        text=mitigation.text,
        by=by,
        occurred_at=moment,
        mitigation=mitigation,
    )
    audit(incident, "mitigation.recorded", by, mitigation=mitigation.pk, text=mitigation.text, state=state)
    announce(incident, MitigationRecorded(mitigation=mitigation.pk))
    return mitigation


@transaction.atomic
def move_mitigation(
    *, mitigation: Mitigation, state: str, by: User, observed_effect: str = "", at: datetime | None = None
) -> Mitigation:
    """Step a mitigation on: applying, worked, no effect, made worse, reverted; or not tried, with the reason."""
    return _move(lock(mitigation.incident, by=by), mitigation, state, by, observed_effect, at)


def move_by_itself(
    *, mitigation: Mitigation, state: str, by: User | None = None, observed_effect: str = ""
) -> Mitigation:
    """The application steps a mitigation on, for what `by` has asked for before; in the caller's transaction."""
    return _move(lock_row(mitigation.incident), mitigation, state, by, observed_effect, None)


def _move(
    incident: Incident,
    mitigation: Mitigation,
    state: str,
    by: User | None,
    observed_effect: str,
    at: datetime | None,
) -> Mitigation:
    mitigation = Mitigation.objects.select_for_update(of=("self",)).get(pk=mitigation.pk)
    before = MitigationState(mitigation.state)
    if state == before:
        return mitigation
    if state not in mitigation.next_states:
        names = ", ".join(s.label.lower() for s in mitigation.next_states)
        raise ValidationError({"state": f"From {before.label.lower()} it can go to: {names}."})
    if state == MitigationState.REVERTED and not mitigation.is_reversible:
        raise ValidationError({"state": "This one cannot be reversed."})
    if state == MitigationState.REJECTED and not observed_effect.strip():
        raise ValidationError({"observed_effect": "Say why it is not tried."})
    moment = check_moment(at)
    mitigation.state = state
    mitigation.observed_effect = observed_effect.strip() or mitigation.observed_effect
    if state == MitigationState.PROPOSED:
        mitigation.settled_at = None
    elif state == MitigationState.APPLYING:
        mitigation.started_at, mitigation.settled_at, mitigation.reverted_at = moment, None, None
    elif state == MitigationState.REVERTED:
        mitigation.reverted_at = moment
    else:
        mitigation.settled_at = moment
    mitigation.save()
    record_event(
        incident=incident,
        kind=Kind.STATUS,
        text=f"marked the mitigation “{mitigation.text}” as “{MitigationState(state).label}”",
        detail=observed_effect.strip(),
        by=by,
        occurred_at=moment,
        data={"mitigation": mitigation.pk, "from": before, "to": state},
    )
    audit(
        incident,
        "mitigation.moved",
        by,
        mitigation=mitigation.pk,
        state=[before, state],
        effect=observed_effect,
    )
    announce(incident, MitigationMoved(mitigation=mitigation.pk, state=state))
    return mitigation


@transaction.atomic
def mitigate_incident(
    *,
    incident: Incident,
    by: User,
    at: datetime | None = None,
    note: str = "",
    outcomes: Mapping[Mitigation, str] | None = None,
    impacts: Mapping[Service, str | None] | None = None,
    updates: Mapping[str, str] | None = None,
    next_update_at: datetime | None = None,
    version: int | None = None,
) -> Incident:
    """Mark the impact as stopped or contained; recovery is being watched. This is not yet resolved.

    `outcomes` settles mitigations that are being applied, `impacts` says how each service is affected from then on,
    `updates` holds a text for each audience that is to read of it.
    """
    incident = lock(incident, by=by, version=version)
    if incident.status == Status.TRIAGE:
        raise ValidationError(f"{incident.reference} is only suspected. Declare it first.")
    if incident.status not in (Status.INVESTIGATING, Status.FIXING):
        raise ValidationError(f"{incident.reference} is {incident.get_status_display().lower()} already.")
    moment = check_moment(at)
    before = Status(incident.status)
    for mitigation, state in (outcomes or {}).items():
        move_mitigation(mitigation=mitigation, state=state, by=by, at=at)
    incident.mitigated_at = moment
    incident.impact_ended_at = incident.impact_ended_at or moment
    check_milestones(incident)
    enter_status(incident, Status.MITIGATED, context.now())
    save(incident, "status", "mitigated_at", "impact_ended_at")
    record_event(
        incident=incident,
        kind=Kind.MILESTONE,
        text="Mitigated",
        detail=note.strip(),
        by=by,
        occurred_at=moment,
        phase=Phase.MITIGATED,
        data={"milestone": "mitigated_at", "from": before},
    )
    lay_out_checklist(incident)
    tick_tasks(incident, DoneWhen.MITIGATED)
    set_impacts(incident=incident, impacts=impacts or {}, by=by, at=moment)
    reschedule(incident)
    update = post_texts(incident=incident, by=by, texts=updates or {}, next_update_at=next_update_at)
    note_sentence(incident, before=before, update=update)
    audit(incident, "incident.mitigated", by, status=[before, Status.MITIGATED], mitigated_at=moment)
    announce(
        incident, IncidentMitigated(by=by.pk, status=Status.MITIGATED, update=update.pk if update else None)
    )
    return incident
