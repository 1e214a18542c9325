"""What a retrospective looks at, and who takes part."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from core.form_tokens import hold_form
from events.retrospectives import (
    RetrospectiveFramed,
    RetrospectiveJoined,
    RetrospectiveLeft,
    RetrospectiveStarted,
)
from incidents.models import Incident
from incidents.models.people import people_reaching
from incidents.workflow import FormUsed
from retros.models import Participant, Retrospective, RetrospectiveFormat, RetrospectiveStatus, Subject
from retros.permissions import can_start
from retros.responders import responded_to, with_responder
from retros.workflow.common import (
    CHECK_YEAR,
    announce,
    audit,
    has_likely_year,
    lock_to_facilitate,
    require_open,
    save,
)
from retros.workflow.session import appointment, participant_ids
from retros.workflow.starting import due_date, hold, refuse_as_owner, seat_starter, tell_incident
from retros.workflow.timeline_import import seed_timeline

FRAME = (
    "title",
    "subject",
    "scope",
    "objectives",
    "period_from",
    "period_to",
    "is_private",
    "owner",
    "facilitator",
    "note_taker",
    "due_on",
)
DAYS = ("period_from", "period_to", "due_on")
PEOPLE = ("owner", "facilitator", "note_taker")


@transaction.atomic
def open_retrospective(
    *,
    by: User,
    title: str,
    subject: str = Subject.INCIDENT,
    incidents: Iterable[Incident] = (),
    format: RetrospectiveFormat | None = None,
    people: Iterable[User] = (),
    scope: str = "",
    period_from: date | None = None,
    period_to: date | None = None,
    owner: Any = None,
    is_private: bool = False,
    form_token: UUID | None = None,
) -> Retrospective:
    """Start looking back on something: one or several incidents, a release, a sprint, a project.

    `format` gives one without an incident its columns; `people` take part, and need somebody who owns it.

    The same `form_token` again returns the one it made the first time. It is the own one of the first
    incident that has none yet; an incident looked back on alone must have none.
    """
    if not can_start(by):
        raise PermissionDenied("Only responders can start a retrospective.")
    hold_form(form_token)
    if form_token and (made := Retrospective.objects.filter(form_token=form_token).first()):
        if (
            made.title != title.strip()
            or not Retrospective.objects.visible_to(by).filter(pk=made.pk).exists()
        ):
            raise FormUsed("started a retrospective")
        return made
    covered = list(incidents)
    _refuse_out_of_reach(covered, by)
    if subject == Subject.INCIDENT and not covered:
        raise ValidationError({"incidents": "Name the incident, or look back on something else."})
    _refuse_wrong_period(period_from, period_to)
    _refuse_unlikely_years({"period_from": period_from, "period_to": period_to})
    refuse_as_owner(owner)
    format = _hold_format(format) if format and subject != Subject.INCIDENT else None
    retrospective = Retrospective.objects.create(
        title=title.strip(),
        subject=subject,
        incident=_own_of(covered) if subject == Subject.INCIDENT else None,
        format=format,
        columns=format.columns if format else [],
        scope=scope.strip(),
        period_from=period_from,
        period_to=period_to,
        owner=owner,
        is_private=is_private or any(incident.is_private for incident in covered),
        due_on=min(filter(None, map(due_date, covered)), default=None),
        form_token=form_token,
        created_at=context.now(),
    )
    retrospective.incidents.set(covered)
    seat_starter(retrospective, by)
    audit(
        retrospective, "retrospective.started", by, incidents=[i.reference for i in covered], subject=subject
    )
    if retrospective.incident:
        tell_incident(retrospective, by)
    else:
        announce(retrospective, RetrospectiveStarted())
    if covered:
        seed_timeline(retrospective=retrospective, by=by)
    if wanted := list(people):
        add_participants(retrospective=retrospective, by=by, people=wanted)
        retrospective.refresh_from_db()
    return retrospective


@transaction.atomic
def frame_retrospective(
    *,
    retrospective: Retrospective,
    by: User,
    version: int | None = None,
    incidents: Iterable[Incident] | None = None,
    **fields: Any,
) -> Retrospective:
    """Change what is named in FRAME; whoever is put in charge must be able to see what is looked at."""
    retrospective = _lock_open(retrospective, by, version)
    if unknown := fields.keys() - set(FRAME):
        raise TypeError(f"not part of the frame: {unknown}")
    covered = list(retrospective.incidents.all()) if incidents is None else list(incidents)
    before = list(retrospective.incidents.all())
    added = [i for i in covered if i not in before]
    _refuse_out_of_reach(added, by)
    _refuse_to_let_out(retrospective, [i for i in before if i not in covered])
    if retrospective.incident and retrospective.incident not in covered:
        raise ValidationError(
            {"incidents": f"It is the retrospective of {retrospective.incident.reference}."}
        )
    if not fields.get("title", retrospective.title).strip():
        raise ValidationError({"title": "Give it a title."})
    _refuse_wrong_period(
        fields.get("period_from", retrospective.period_from), fields.get("period_to", retrospective.period_to)
    )
    _refuse_unlikely_years({name: fields.get(name) for name in DAYS})
    for name in PEOPLE:
        if person := fields.get(name):
            _refuse_at_table(person, covered, name)
    if any(incident.is_private for incident in added):
        fields["is_private"] = True
        for person in User.objects.filter(pk__in=participant_ids(retrospective)):
            _refuse_at_table(person, added, "incidents")
    changes = {
        name: [str(getattr(retrospective, name) or ""), str(value or "")]
        for name, value in fields.items()
        if getattr(retrospective, name) != value
    }
    for name, value in fields.items():
        setattr(retrospective, name, value.strip() if isinstance(value, str) else value)
    if set(covered) != set(before):
        changes["incidents"] = [", ".join(i.reference for i in rows) for rows in (before, covered)]
        retrospective.incidents.set(covered)
    if not changes:
        return retrospective
    save(retrospective, *fields)
    if "is_private" in changes:
        seat_starter(retrospective, by)
    audit(retrospective, "retrospective.framed", by, **changes)
    announce(retrospective, RetrospectiveFramed())
    return retrospective


@transaction.atomic
def add_participants(*, retrospective: Retrospective, by: User, people: Iterable[Any]) -> int:
    """Bring people to the table; how many were not there before."""
    retrospective = _lock_open(retrospective, by)
    covered, wanted = list(retrospective.incidents.all()), list(dict.fromkeys(people))
    for person in wanted:
        _refuse_at_table(person, covered, "people")
    there = set(retrospective.participants.values_list("user", flat=True))
    new = [person for person in wanted if person.pk not in there]
    is_scheduled = retrospective.status == RetrospectiveStatus.SCHEDULED
    now = context.now()
    Participant.objects.bulk_create(
        Participant(
            retrospective=retrospective, user=person, added_at=now, invited_at=now if is_scheduled else None
        )
        for person in new
    )
    if new:
        save(retrospective)
        audit(retrospective, "participants.added", by, people=[str(person) for person in new])
        invited_to = appointment(retrospective) if is_scheduled else {}
        announce(
            retrospective,
            RetrospectiveJoined(recipients=[person.pk for person in new], by=by.pk, **invited_to),
        )
    return len(new)


@transaction.atomic
def remove_participant(*, retrospective: Retrospective, by: User, participant: Participant) -> None:
    retrospective = _lock_open(retrospective, by)
    found = retrospective.participants.filter(pk=participant.pk).select_related("user").first()
    if found is None:
        return
    found.delete()
    save(retrospective)
    audit(retrospective, "participant.removed", by, person=str(found.user))
    announce(retrospective, RetrospectiveLeft(person=found.user_id))


def responded(person: Any, retrospective: Retrospective) -> list[Incident]:
    """The covered incidents that `person` had a role in or worked on: a reason to let somebody else facilitate."""
    if person is None:
        return []
    covered = retrospective.incidents.select_related(None)
    return list(covered.filter(with_responder(person)))


def suggested_people(retrospective: Retrospective) -> list[Any]:
    """Those who were on the incidents and are no participants yet."""
    there = retrospective.participants.values("user")
    on_it = User.objects.active().filter(responded_to(retrospective.incidents.all()))
    return list(on_it.exclude(pk__in=there).order_by("name")[:30])


def _hold_format(format: RetrospectiveFormat) -> RetrospectiveFormat:
    """As it stands now, until the retrospective that uses it is stored."""
    held = RetrospectiveFormat.objects.select_for_update(no_key=True).filter(pk=format.pk).first()
    if held is None:
        raise ValidationError({"format": "This format was removed. Choose another one."})
    return held


def _own_of(covered: list[Incident]) -> Incident | None:
    for incident in covered:
        if not Retrospective.objects.filter(incident=hold(incident)).exists():
            return incident
    if len(covered) == 1:
        raise ValidationError({"incidents": f"{covered[0].reference} has its retrospective already."})
    return None


def _lock_open(retrospective: Retrospective, by: User, version: int | None = None) -> Retrospective:
    locked = lock_to_facilitate(retrospective, by=by, version=version)
    require_open(locked)
    return locked


def _refuse_out_of_reach(incidents: list[Incident], by: User) -> None:
    reachable = Incident.objects.visible_to(by).filter(pk__in=[i.pk for i in incidents])
    if reachable.count() != len(incidents):
        raise PermissionDenied("You can't see one of these incidents.")


def _refuse_to_let_out(retrospective: Retrospective, removed: list[Incident]) -> None:
    """Who reads is told from the incidents: what came in from a private one stays with it."""
    for incident in removed:
        if incident.is_private and (
            retrospective.publications.exists()
            or retrospective.entries.filter(event__incident=incident).exists()
            or retrospective.entries.filter(evidence__incident=incident).exists()
            or retrospective.factors.filter(evidence__incident=incident).exists()
        ):
            raise ValidationError(
                {
                    "incidents": f"{incident.reference} is private, and this retrospective contains parts of it."
                    " You can’t remove it, because everybody could read those parts."
                }
            )


def _refuse_wrong_period(start: date | None, end: date | None) -> None:
    if start and end and end < start:
        raise ValidationError({"period_to": "It ends before it begins."})


def _refuse_unlikely_years(days: dict[str, date | None]) -> None:
    if wrong := [name for name, day in days.items() if day and not has_likely_year(day)]:
        raise ValidationError(dict.fromkeys(wrong, CHECK_YEAR))


def _refuse_at_table(person: Any, incidents: list[Incident], field: str) -> None:
    """Whoever takes part must be able to see every incident it is about."""
    if field in ("owner", "facilitator") and not person.is_responder:
        word = "own" if field == "owner" else "facilitate"
        raise ValidationError({field: f"{person} is a stakeholder and cannot {word} a retrospective."})
    for incident in incidents:
        if incident.is_private and not people_reaching(incident).filter(pk=person.pk).exists():
            raise ValidationError(
                {
                    field: f"{person} cannot see {incident.reference}, which is private."
                    " Bring them into the incident first, or leave them out here."
                }
            )
