"""Roles and participation: take, assign, hand over, leave; who was here and when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Coalesce

from accounts.models import User
from audit import context
from core.notify import notify_incident
from events.incidents import (
    ParticipationAdded,
    ParticipationJoined,
    ParticipationLeft,
    ParticipationRemoved,
    RoleAssigned,
    RoleReleased,
    RoleTakenOver,
)
from incidents.models import DoneWhen, Incident, Participation, Role, RoleAssignment
from incidents.models.people import HERE_NOW, MERGE_GAP, ActivitySession, Presence
from incidents.permissions import can_set_visibility, keeps_access
from incidents.workflow.record import Record
from incidents.workflow.reminding import call_back
from incidents.workflow.ticking import tick_tasks
from incidents.workflow.transitions import (
    announce,
    audit,
    check_moment,
    lock,
    lock_row,
    require_open,
    require_responder,
)
from timeline.models import Kind
from timeline.workflow import record_event


@transaction.atomic
def assign_role(
    *, incident: Incident, role: Role, user: User, by: User, note: str = "", at: datetime | None = None
) -> RoleAssignment:
    """Give a role to somebody (or take it oneself); whoever held a one-person role before is relieved.

    Taking command acknowledges the incident where nobody had.
    """
    incident = lock(incident, by=by)
    require_open(incident)
    require_responder(user, "user")
    record = Record(incident, by)
    assignment = give_role(record, role=role, user=user, note=note, moment=check_moment(at))
    record.write()
    return assignment


def give_role(record: Record, *, role: Role, user: User, moment: datetime, note: str = "") -> RoleAssignment:
    """What `assign_role` does, for a verb that holds the incident already and writes the record."""
    incident = record.incident
    holders: list[RoleAssignment] = list(incident.role_assignments.running().filter(role=role))
    if any(a.user_id == user.pk for a in holders):
        return next(a for a in holders if a.user_id == user.pk)
    relieved = holders if role.is_single else []
    for assignment in relieved:
        _end(assignment, moment, note)
    assignment = RoleAssignment.objects.create(
        incident=incident, role=role, user=user, assigned_by=record.by, started_at=moment
    )
    join(incident, user, moment, notifies=False)
    if role.slug == Role.COMMANDER and incident.acknowledged_at is None:
        incident.acknowledged_at = max(moment, incident.impact_started_at or moment)
        incident.version += 1
        incident.save(update_fields=["acknowledged_at", "version"])
    if role.slug == Role.COMMANDER and not relieved:
        call_back(incident)
        tick_tasks(incident, DoneWhen.COMMAND)
    _say_given(record, assignment, note, relieved[0].user if relieved else None)
    return assignment


def give_first_role(record: Record, *, role: Role, user: User, moment: datetime) -> RoleAssignment:
    """`give_role` for an incident just made: nobody is on it, and nothing waits for what this brings."""
    assignment = RoleAssignment.objects.create(
        incident=record.incident, role=role, user=user, assigned_by=record.by, started_at=moment
    )
    join_first(record.incident, user, moment)
    _say_given(record, assignment, "", None)
    return assignment


def hand_over_role(*, incident: Incident, role: Role, to: Any, by: User, note: str) -> RoleAssignment:
    """Pass a role on with a note of how things stand; the note is what the next one reads first."""
    if not note.strip():
        raise ValidationError({"note": "Write a hand-over note for the next person."})
    return assign_role(incident=incident, role=role, user=to, by=by, note=note.strip())


@transaction.atomic
def release_role(
    *, incident: Incident, role: Role, user: User, by: User, note: str = "", at: datetime | None = None
) -> None:
    """Lay a role down. Without a commander the incident says so loudly."""
    incident = lock(incident, by=by)
    assignment = incident.role_assignments.running().filter(role=role, user=user).first()
    if assignment is None:
        raise ValidationError(f"{user} does not hold the role {role.name.lower()}.")
    moment = check_moment(at)
    _end(assignment, moment, note)
    record_event(
        incident=incident,
        kind=Kind.ROLE,
        text=f"{_subject(user, by)}gave up {_role_words(role)}",
        detail=note,
        by=by,
        occurred_at=moment,
        data={"role": role.slug, "user": user.pk},
    )
    audit(incident, "role.released", by, role=role.slug, user=str(user), note=note)
    announce(incident, RoleReleased(role=role.slug, user=user.pk))


@transaction.atomic
def join_incident(*, incident: Incident, by: User) -> Participation:
    """Say “I am on it”."""
    incident = lock(incident, by=by)
    existing = Participation.objects.filter(incident=incident, user=by, left_at__isnull=True).first()
    if existing:
        return existing
    participation = join(incident, by)
    record_event(incident=incident, kind=Kind.ROLE, text="joined", by=by)
    audit(incident, "participation.joined", by)
    announce(incident, ParticipationJoined(user=by.pk))
    return participation


@transaction.atomic
def leave_incident(*, incident: Incident, by: User) -> None:
    """Go off the incident: every role held is laid down first, and the timeline says so."""
    incident = lock_row(incident)  # whoever was added may leave, a stakeholder too
    participation = Participation.objects.filter(incident=incident, user=by, left_at__isnull=True).first()
    if participation is None:
        raise ValidationError("You are not on this incident.")
    for assignment in incident.role_assignments.running().filter(user=by).select_related("role"):
        release_role(incident=incident, role=assignment.role, user=by, by=by)
    participation.left_at = context.now()
    participation.save(update_fields=["left_at"])
    _count_work(participation)
    record_event(incident=incident, kind=Kind.ROLE, text="left", by=by)
    audit(incident, "participation.left", by)
    announce(incident, ParticipationLeft(user=by.pk))


@transaction.atomic
def add_person(*, incident: Incident, user: User, by: User) -> Participation:
    """Bring somebody in; for a private incident this is what lets them see it."""
    incident = lock(incident, by=by)
    participation = join(incident, user)
    record_event(incident=incident, kind=Kind.ROLE, text=f"added {user}", by=by)
    audit(incident, "participation.added", by, user=str(user))
    announce(incident, ParticipationAdded(by=by.pk, user=user.pk))
    return participation


@transaction.atomic
def revoke_access(*, incident: Incident, user: User, by: User) -> None:
    """Take a private incident out of somebody's access; roles they hold end.

    Raises PermissionDenied for whoever may not remove people at all, or not this person.
    """
    incident = lock(incident, by=by)
    if not can_set_visibility(by, incident):
        raise PermissionDenied("Only the commander or an administrator can remove people.")
    if user == by:
        raise ValidationError("You cannot remove yourself. Hand over first, then leave.")
    if not by.is_administrator and keeps_access(incident).filter(pk=user.pk).exists():
        raise PermissionDenied(
            "Only an administrator can remove the person who declared the incident, a former commander or "
            "an administrator."
        )
    for assignment in incident.role_assignments.running().filter(user=user).select_related("role"):
        release_role(incident=incident, role=assignment.role, user=user, by=by)
    now = context.now()
    seat = Participation.objects.filter(incident=incident, user=user)
    seat.update(access_revoked_at=now, left_at=Coalesce("left_at", now))
    seat.count_work()
    record_event(incident=incident, kind=Kind.ROLE, text=f"removed {user}", by=by)
    audit(incident, "participation.removed", by, user=str(user))
    announce(incident, ParticipationRemoved(user=user.pk))


@transaction.atomic
def note_activity(*, incident: Incident, by: User) -> None:
    """Somebody on the incident is at it right now; extends or begins their stretch of activity."""
    participation = (
        Participation.objects.select_for_update()
        .filter(incident=incident, user=by, left_at__isnull=True)
        .first()
    )
    if participation is None:
        return
    now = context.now()
    participation.last_active_at = now
    participation.save(update_fields=["last_active_at"])
    session = participation.sessions.last()
    if session and now - session.last_at <= MERGE_GAP:
        session.last_at = max(now, session.last_at)
        session.save(update_fields=["last_at"])
    else:
        ActivitySession.objects.create(participation=participation, started_at=now, last_at=now)
    _count_work(participation)


def note_presence(*, incident_id: int, by: User) -> None:
    """Somebody has the incident open; those on it are also noted as active. Open pages are notified only when the person is new here."""
    now = context.now()
    known = Presence.objects.filter(incident_id=incident_id, user=by, at__gte=now - HERE_NOW).exists()
    Presence.objects.update_or_create(incident_id=incident_id, user=by, defaults={"at": now})
    note_activity(incident=Incident(pk=incident_id), by=by)
    if not known:
        notify_incident(incident_id=incident_id, what="presence")


def end_presence(*, incident_id: int, by: User) -> None:
    Presence.objects.filter(incident_id=incident_id, user=by).delete()
    notify_incident(incident_id=incident_id, what="presence")


def mark_seen(*, incident: Incident, by: User, until: datetime | None = None) -> None:
    """“Catch me up” has been read up to now; the next one begins here."""
    Participation.objects.filter(incident=incident, user=by).update(seen_at=until or context.now())
    notify_incident(incident_id=incident.pk, what="presence")


def join(
    incident: Incident, user: User, since: datetime | None = None, *, notifies: bool = True
) -> Participation:
    """The participation row of `user`, made or reopened; in the transaction of a caller that holds the incident.

    A caller that notifies open pages of the incident anyway passes `notifies=False`.
    """
    now = context.now()
    participation = Participation.objects.filter(incident=incident, user=user).first()
    if participation is None:
        participation = Participation.objects.create(
            incident=incident, user=user, joined_at=since or now, last_active_at=now
        )
    elif participation.left_at or participation.access_revoked_at:
        _come_back(participation, since or now)
    if notifies:
        notify_incident(incident_id=incident.pk, what="presence")
    return participation


def join_first(incident: Incident, user: User, since: datetime) -> Participation:
    """`join` for an incident just made, where nobody can have been before."""
    return Participation.objects.create(
        incident=incident, user=user, joined_at=since, last_active_at=context.now()
    )


def _come_back(participation: Participation, at: datetime) -> None:
    """The time from joined to left stays on record as a session, and so does from when on there is to catch up."""
    participation.seen_at = participation.seen_at or participation.joined_at
    if participation.left_at and participation.left_at >= participation.joined_at:
        ActivitySession.objects.create(
            participation=participation, started_at=participation.joined_at, last_at=participation.left_at
        )
        at = max(at, participation.left_at)
    participation.joined_at = at
    participation.left_at = participation.access_revoked_at = None
    participation.last_active_at = context.now()
    participation.save(
        update_fields=["joined_at", "left_at", "access_revoked_at", "last_active_at", "seen_at"]
    )
    _count_work(participation)


def _count_work(participation: Participation) -> None:
    Participation.objects.filter(pk=participation.pk).count_work()


def _say_given(record: Record, assignment: RoleAssignment, note: str, before: User | None) -> None:
    role, user, by = assignment.role, assignment.user, record.by
    record.event(
        kind=Kind.ROLE,
        text=_role_sentence(role, user, by, before),
        detail=note,
        by=by,
        occurred_at=assignment.started_at,
        data={"role": role.slug, "user": user.pk},
    )
    record.audit(
        "role.assigned", role=role.slug, user=[str(before) if before else None, str(user)], note=note
    )
    record.announce(RoleAssigned(by=by.pk, role=role.slug, user=user.pk))
    if before and before.pk not in (by.pk, user.pk):
        record.announce(RoleTakenOver(by=by.pk, role=role.slug, user=user.pk, recipients=[before.pk]))


def _end(assignment: RoleAssignment, moment: datetime, note: str) -> None:
    assignment.ended_at = max(moment, assignment.started_at)
    assignment.handover_note = note
    assignment.save(update_fields=["ended_at", "handover_note"])


def _subject(user: User, by: User) -> str:
    return "" if user == by else f"recorded that {user} "


def _role_words(role: Role) -> str:
    return "command" if role.slug == Role.COMMANDER else f"the role {role.name.lower()}"


def _role_sentence(role: Role, user: User, by: User, before: Any) -> str:
    name, what = role.name.lower(), _role_words(role)
    if user == by:
        return f"took {what}" + (f" from {before}" if before else "")
    if before == by:
        return f"handed {what} over to {user}"
    return f"made {user} {name}" + (f" in place of {before}" if before else "")
