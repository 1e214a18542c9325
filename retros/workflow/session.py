"""The session: when and where, its agenda and clock, and the steps from collecting to review."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.retrospectives import (
    AgendaChanged,
    RetrospectiveCalledOff,
    RetrospectiveInReview,
    RetrospectiveScheduled,
    RetrospectiveSteppedBack,
    SessionEnded,
    SessionStarted,
)
from retros.agendas import LENGTHS, agenda_for
from retros.clock import spent_on
from retros.models import AgendaItem, Retrospective, RetrospectiveSettings, RetrospectiveStatus, Verdict
from retros.workflow.common import (
    CHECK_YEAR,
    IS_PUBLISHED,
    announce,
    audit,
    has_likely_year,
    lock_to_facilitate,
    save,
)

EXTENSION = 5  # minutes
MOST_MINUTES = 24 * 60
BACK = {
    RetrospectiveStatus.SCHEDULED: RetrospectiveStatus.COLLECTING,
    RetrospectiveStatus.SOAKING: RetrospectiveStatus.IN_SESSION,
    RetrospectiveStatus.IN_REVIEW: RetrospectiveStatus.SOAKING,
}
S = RetrospectiveStatus


@transaction.atomic
def schedule_session(
    *,
    retrospective: Retrospective,
    by: User,
    scheduled_at: datetime,
    minutes: int = 60,
    place: str = "",
    version: int | None = None,
) -> Retrospective:
    """Schedule the session and invite every participant; a changed time invites anew."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    if retrospective.status not in (S.COLLECTING, S.SCHEDULED):
        raise ValidationError("The session has been held already.")
    if scheduled_at <= context.now():
        raise ValidationError({"scheduled_at": "Choose a time that is still to come."})
    if not has_likely_year(scheduled_at):
        raise ValidationError({"scheduled_at": CHECK_YEAR})
    before, is_as_long = retrospective.scheduled_at, retrospective.minutes == minutes
    retrospective.scheduled_at, retrospective.minutes = scheduled_at, minutes
    retrospective.place, retrospective.status = place.strip(), S.SCHEDULED
    _next_in_calendars(retrospective)
    save(retrospective, "scheduled_at", "minutes", "place", "status", "calendar_sequence")
    _plan(retrospective, minutes, anew=not is_as_long)
    retrospective.participants.update(invited_at=context.now())
    audit(
        retrospective,
        "session.scheduled",
        by,
        scheduled_at=[str(before or ""), str(scheduled_at)],
        minutes=minutes,
        place=place,
    )
    announce(
        retrospective,
        RetrospectiveScheduled(
            by=by.pk, recipients=participant_ids(retrospective), **appointment(retrospective)
        ),
    )
    return retrospective


def _next_in_calendars(retrospective: Retrospective) -> None:
    """What is sent next replaces what calendars have; the first invitation has the sequence 0."""
    last = retrospective.calendar_sequence
    retrospective.calendar_sequence = 0 if last is None else last + 1


def appointment(retrospective: Retrospective) -> dict[str, Any]:
    """What an invitation says; one that is not true any more is not sent."""
    at = retrospective.scheduled_at
    return {
        "scheduled_at": at.astimezone(UTC).isoformat() if at else "",
        "minutes": retrospective.minutes,
        "place": retrospective.place,
    }


@transaction.atomic
def plan_agenda(*, retrospective: Retrospective, by: User, minutes: int) -> Retrospective:
    """The agenda for 60 or 30 minutes, as long as its clock has not run."""
    retrospective = lock_to_facilitate(retrospective, by=by)
    if minutes not in LENGTHS:
        raise ValidationError("There is an agenda for 60 and one for 30 minutes.")
    if not _plan(retrospective, minutes, anew=True):
        raise ValidationError("The clock has run already.")
    retrospective.minutes = minutes
    save(retrospective, "minutes")
    audit(retrospective, "agenda.planned", by, minutes=minutes)
    announce(retrospective, AgendaChanged())
    return retrospective


@transaction.atomic
def start_session(*, retrospective: Retrospective, by: User, version: int | None = None) -> Retrospective:
    """Begin, or go on after it was ended too soon; the first part of the agenda starts its clock."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    if retrospective.status not in (S.COLLECTING, S.SCHEDULED):
        raise ValidationError("The session has begun already.")
    if retrospective.facilitator_id is None:
        raise ValidationError("Choose a facilitator before you start the session.")
    _plan(retrospective, retrospective.minutes)
    retrospective.status, retrospective.session_started_at = S.IN_SESSION, context.now()
    save(retrospective, "status", "session_started_at")
    first = retrospective.agenda.filter(is_done=False).first()
    if first:
        _run(first)
    audit(retrospective, "session.started", by)
    announce(retrospective, SessionStarted())
    return retrospective


@transaction.atomic
def end_session(*, retrospective: Retrospective, by: User, version: int | None = None) -> Retrospective:
    """Stop the clock. The days to reflect begin, as many working days as the installation says."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    if retrospective.status != S.IN_SESSION:
        raise ValidationError("No session is running.")
    for item in retrospective.agenda.filter(running_since__isnull=False):
        _stop(item)
    now = context.now()
    retrospective.status, retrospective.session_ended_at, retrospective.presenter = S.SOAKING, now, None
    retrospective.soak_until = working_days_after(now.date(), RetrospectiveSettings.get().soak_days)
    save(retrospective, "status", "session_ended_at", "soak_until", "presenter")
    audit(retrospective, "session.ended", by, soak_until=str(retrospective.soak_until))
    announce(retrospective, SessionEnded())
    return retrospective


@transaction.atomic
def start_review(
    *, retrospective: Retrospective, by: User, reason: str = "", version: int | None = None
) -> Retrospective:
    """Give it to be read. Without a session, or before the days to reflect are over, only with a reason."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    if retrospective.status in (S.IN_REVIEW, S.PUBLISHED, S.IN_SESSION):
        words = {
            S.IN_SESSION: "End the session first.",
            S.IN_REVIEW: "It is in review already.",
            S.PUBLISHED: IS_PUBLISHED,
        }
        raise ValidationError(words[RetrospectiveStatus(retrospective.status)])
    if (early := missing_for_review(retrospective)) and not reason.strip():
        raise ValidationError({"reason": f"{early} Say why it goes to review now."})
    before = retrospective.status
    retrospective.status = S.IN_REVIEW
    begin_reading(retrospective)
    save(retrospective, "status", "review_started_at")
    audit(retrospective, "review.started", by, status=[before, retrospective.status], reason=reason.strip())
    announce(
        retrospective,
        RetrospectiveInReview(
            by=by.pk, recipients=[pk for pk in participant_ids(retrospective) if pk != by.pk]
        ),
    )
    return retrospective


@transaction.atomic
def step_back(*, retrospective: Retrospective, by: User, version: int | None = None) -> Retrospective:
    """One status back: a session that is called off, ended or given to review too soon."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    before = RetrospectiveStatus(retrospective.status)
    if before not in BACK:
        raise ValidationError("You can't go back from this step.")
    was_held = retrospective.session_started_at is not None
    retrospective.status = BACK[before] if was_held or before == S.SCHEDULED else S.COLLECTING
    fields = ["status"]
    if before == S.SCHEDULED:
        _next_in_calendars(retrospective)
        fields.append("calendar_sequence")
    save(retrospective, *fields)
    audit(retrospective, "retrospective.stepped_back", by, status=[before, retrospective.status])
    if before == S.SCHEDULED:
        recipients = participant_ids(retrospective)
        announce(retrospective, RetrospectiveCalledOff(by=by.pk, recipients=recipients))
    else:
        announce(retrospective, RetrospectiveSteppedBack())
    return retrospective


@transaction.atomic
def run_clock(*, retrospective: Retrospective, by: User, do: str, item: AgendaItem | None = None) -> None:
    """`start` a part (or go on with it), `pause`, go to the `next` or `previous`, or give the running one five
    minutes more (`extend`).
    """
    retrospective = lock_to_facilitate(retrospective, by=by)
    if retrospective.status != S.IN_SESSION:
        raise ValidationError("The clock runs while the session does.")
    agenda = list(retrospective.agenda.select_for_update())
    on = next((i for i in agenda if i.running_since), None)
    on = on or next((i for i in agenda if i.spent_seconds and not i.is_done), None)
    wanted = next((i for i in agenda if item and i.pk == item.pk), None) or on
    match do:
        case "start":
            _start(agenda, wanted or next((i for i in agenda if not i.is_done), None))
        case "pause" if on:
            _stop(on)
        case "next":
            _next(agenda, on)
        case "previous" if on:
            _previous(agenda, on)
        case "extend" if wanted and wanted.minutes + EXTENSION <= MOST_MINUTES:
            wanted.minutes += EXTENSION
            wanted.save(update_fields=["minutes"])
        case _:
            raise ValidationError("No part of the agenda is on.")
    announce(retrospective, AgendaChanged(do=do))


def begin_reading(retrospective: Retrospective) -> None:
    """Its time to be read starts over, and whoever approved another text is asked about this one."""
    retrospective.review_started_at = context.now()
    retrospective.reviews.update(verdict=Verdict.ASKED, answered_at=None)


def missing_for_review(retrospective: Retrospective) -> str:
    if retrospective.session_ended_at is None:
        return "No session was held."
    soak_until = retrospective.soak_until
    if soak_until and context.now().date() < soak_until:
        return f"There is time to reflect until {soak_until:%A} {soak_until.day} {soak_until:%B}."
    return ""


def participant_ids(retrospective: Retrospective) -> list[int]:
    """Ids of everybody who takes part: participants and those in charge."""
    named = (retrospective.owner_id, retrospective.facilitator_id, retrospective.note_taker_id)
    return sorted({*retrospective.participants.values_list("user", flat=True), *filter(None, named)})


def working_days_after(day: date, count: int) -> date:
    """Monday to Friday."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _plan(retrospective: Retrospective, minutes: int, *, anew: bool = False) -> bool:
    """Lay the agenda out unless there is one; `anew` replaces one whose clock has not run. Whether it did."""
    agenda = retrospective.agenda.all()
    if agenda.exists():
        if not anew or agenda.exclude(spent_seconds=0, running_since=None, is_done=False).exists():
            return False
        agenda.delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            retrospective=retrospective,
            name=part.name,
            minutes=part.minutes,
            section=part.section,
            question=part.question,
            order=order,
        )
        for order, part in enumerate(agenda_for(retrospective, minutes))
    )
    return True


def _start(agenda: list[AgendaItem], item: AgendaItem | None) -> None:
    if item is None:
        raise ValidationError("Every part of the agenda is done.")
    for other in agenda:
        if other.running_since and other.pk != item.pk:
            _stop(other)
    _run(item)


def _next(agenda: list[AgendaItem], on: AgendaItem | None) -> None:
    if on:
        _stop(on, is_done=True)
    following = next((i for i in agenda if not i.is_done and (not on or i.order > on.order)), None)
    if following:
        _run(following)


def _previous(agenda: list[AgendaItem], on: AgendaItem) -> None:
    before = [item for item in agenda if item.order < on.order]
    if not before:
        raise ValidationError("This is the first part.")
    if on.running_since:
        _stop(on)
    _run(before[-1])


def _run(item: AgendaItem) -> None:
    item.running_since, item.is_done = item.running_since or context.now(), False
    item.save(update_fields=["running_since", "is_done"])


def _stop(item: AgendaItem, *, is_done: bool = False) -> None:
    item.spent_seconds = int(spent_on(item).total_seconds())
    item.running_since, item.is_done = None, is_done
    item.save(update_fields=["spent_seconds", "running_since", "is_done"])
