"""When the next update is due, per audience. Facts only; `reminding` notifies people of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from audit import context
from incidents.audiences import audiences_read, audiences_reading_first
from incidents.models import (
    ACTIVE_STATUSES,
    Audience,
    DueTime,
    Incident,
    Snooze,
    StatusUpdate,
    Step,
    UpdateSchedule,
)
from incidents.models.incident import IncidentQuerySet
from incidents.workflow.asking import answer_requests, reopen_requests
from incidents.workflow.reminding import call_back

MAY_DOUBLE_AFTER = timedelta(hours=2)
MINUTES_TO_TELL_A_CHANGE = 30
SHORTEST_NOTICE = timedelta(minutes=1)  # a reminder never follows at once what set the due time
STORED = (
    "since_at",
    "told_at",
    "changed_at",
    "policy_due_at",
    "promised_at",
    "due_at",
    "next_step_at",
    "asks",
)


@dataclass(frozen=True)
class Policy:
    """What the severity says about one audience: minutes to the first update, then between updates."""

    first: int | None = None
    minutes: int | None = None
    tells_changes: bool = False  # there is a cadence, and it says: only on change


@dataclass(frozen=True)
class Change:
    """A row brought up to date, and what stood in it before."""

    row: UpdateSchedule
    told: StatusUpdate | None
    silent_since: datetime | None
    told_at: datetime | None
    due_at: datetime | None
    had_begun: bool  # somebody may have been reminded of that due time
    asks: int
    is_read: bool = True  # somebody is in the audience

    @property
    def is_answer(self) -> bool:
        return self.told is not None and (self.told_at is None or self.told.posted_at > self.told_at)

    @property
    def is_taken_back(self) -> bool:
        return self.told_at is not None and self.row.told_at != self.told_at and not self.is_answer

    @property
    def ended(self) -> DueTime | None:
        """The earlier due time, if an update answered it, or if it had passed and is not due any more."""
        now = context.now()
        is_dropped = self.row.due_at != self.due_at and not self.is_taken_back
        if (
            self.due_at is None
            or not self.is_read
            or not (self.is_answer or (is_dropped and self.due_at <= now))
        ):
            return None
        return DueTime(
            incident_id=self.row.incident_id,
            audience=self.row.audience,
            since_at=self.silent_since or self.due_at,
            due_at=self.due_at,
            ended_at=self.told.posted_at if self.told and self.is_answer else now,
            update=self.told if self.is_answer else None,
        )


def reschedule(incident: Incident, *, posted: StatusUpdate | None = None) -> list[int]:
    """Set the due times anew, in the transaction of the change that makes it necessary.

    Due = the earlier of the policy's time and the promise; nothing is due before declaring or once resolved, nor to
    an audience with nobody in it.
    What was answered or has passed is kept for the record, and reminders that have not left are called back.

    With `posted`, the update just published, only its audiences are looked at: three statements as a rule. Returns the ids of the people whose asking for an update that answers.
    """
    if posted and not incident.is_active:
        incident.update_schedules.filter(audience__in=posted.audiences, asks__gt=0).update(asks=0)
        return answer_requests(incident, posted)
    rows = incident.update_schedules.select_for_update(of=("self",))
    if not incident.is_active:
        return _store(incident, [_stop(row) for row in rows])
    if posted:
        told = {r.audience: r for r in rows.filter(audience__in=posted.audiences).with_cadence(incident)}
        if all(_is_news_to(told.get(audience), posted) for audience in posted.audiences):
            return _store(incident, [_answer(incident, row, posted) for row in told.values()])
    kept = {row.audience: row for row in rows}
    since, read = _active_since(incident), audiences_read(incident)
    return _store(incident, _set_all(incident, kept, since=since, read=read))


def schedule_first(incident: Incident) -> None:
    """`reschedule` for an incident just declared as such: nothing was said or promised, nobody was reminded."""
    assert incident.declared_at is not None
    read = audiences_reading_first(incident)
    _store(incident, _set_all(incident, {}, since=incident.declared_at, read=read))


def reschedule_running(running: IncidentQuerySet | None = None) -> None:
    """Set the due times of active incidents anew, where an audience has got or lost its readers."""
    found = Incident.objects.active() if running is None else running.active()
    for incident in found.select_related("severity").order_by("pk").select_for_update(of=("self",)):
        reschedule(incident)


def due_times(
    *, since: datetime, told: StatusUpdate | None, snooze: Snooze | None, policy: Policy, rank: int
) -> tuple[datetime | None, datetime | None]:
    """What the policy asks for and what was promised, to one audience. Minutes of UTC: no night is an hour off.

    After two hours the interval doubles where the last update says when the next one comes. A snooze stands in
    the policy's place until the next update, unless the severity has been raised since.
    """
    interval = policy.minutes if told else policy.first
    if snooze:
        was_raised = rank < snooze.severity.rank
        return _later(snooze.at, interval if was_raised else None), snooze.until
    if told is None:
        return _later(since, interval), None
    if interval and told.next_update_at and told.posted_at - since >= MAY_DOUBLE_AFTER:
        interval *= 2
    return _later(told.posted_at, interval), told.next_update_at


def _later(moment: datetime, minutes: int | None) -> datetime | None:
    return moment + timedelta(minutes=minutes) if minutes else None


def _is_news_to(row: UpdateSchedule | None, posted: StatusUpdate) -> bool:
    """Whether the row alone shows what the update changes: its clock runs, and the update is its newest."""
    if row is None or row.since_at is None or row.due_at is None:
        return False
    return posted.posted_at >= (row.told_at or row.since_at)


def _answer(incident: Incident, row: Any, posted: StatusUpdate) -> Change:
    """The short way: what an update changes for those it was said to, from their row alone."""
    policy = Policy(minutes=row.minutes, tells_changes=row.has_cadence and row.minutes is None)
    return _set(incident, row, since=row.since_at, told=posted, snooze=None, policy=policy)


def _set_all(
    incident: Incident, kept: dict[str, UpdateSchedule], *, since: datetime, read: set[str]
) -> list[Change]:
    """The long way: every audience, from all that was said and promised since then; `read` have readers."""
    told: dict[str, StatusUpdate] = {}
    snoozes: dict[str, Snooze] = {}
    if kept:  # else it has just been declared: nothing was said yet
        for update in (
            incident.status_updates.posted().filter(posted_at__gte=since).order_by("posted_at", "pk")
        ):
            told |= dict.fromkeys(update.audiences, update)
        for snooze in incident.snoozes.filter(at__gte=since).select_related("severity"):
            last = told.get(snooze.audience)
            if last is None or snooze.at >= last.posted_at:
                snoozes[snooze.audience] = snooze
    cadences = {cadence.audience: cadence for cadence in incident.severity.cadences.all()}
    changes = []
    for audience in dict.fromkeys([*cadences, *told, *kept]):
        row = kept.get(audience) or UpdateSchedule(incident=incident, audience=audience)
        cadence = cadences.get(audience)
        policy = Policy()
        if audience in read and cadence and not _goes_unseen(incident, audience, told):
            minutes = cadence.minutes_in(incident.status)
            policy = Policy(cadence.first_minutes, minutes, tells_changes=minutes is None)
        last, snooze_now = told.get(audience), snoozes.get(audience)
        change = _set(incident, row, since=since, told=last, snooze=snooze_now, policy=policy)
        if audience not in read:
            _owe(row, None, None)
            change = replace(change, is_read=False)
        changes.append(change)
    return changes


def _goes_unseen(incident: Incident, audience: str, told: dict[str, StatusUpdate]) -> bool:
    """“If customers see it”: no service is affected, and the public was told nothing."""
    if audience != Audience.PUBLIC or not incident.severity.public_if_seen or Audience.PUBLIC in told:
        return False
    return not incident.affected_services.running().exists()


def _set(
    incident: Incident,
    row: UpdateSchedule,
    *,
    since: datetime,
    told: StatusUpdate | None,
    snooze: Snooze | None,
    policy: Policy,
) -> Change:
    change = _before(row, told)
    asked, promised = due_times(
        since=since, told=told, snooze=snooze, policy=policy, rank=incident.severity.rank
    )
    if told and _note_change(incident, row, told) and policy.tells_changes and not snooze:
        asked = _later(row.changed_at or context.now(), MINUTES_TO_TELL_A_CHANGE)
    if incident.is_private and row.audience == Audience.PUBLIC:
        asked = promised = None
    row.since_at, row.told_at = since, told.posted_at if told else None
    _owe(row, asked, promised)
    if change.is_answer:
        row.asks = 0
    return change


def _note_change(incident: Incident, row: UpdateSchedule, told: StatusUpdate) -> bool:
    """Whether `told` is not true any more; since when is kept, should a later update be taken back."""
    is_stale = (told.status, told.severity_id) != (incident.status, incident.severity_id)
    is_known = row.changed_at is not None and row.changed_at >= told.posted_at
    if is_stale != is_known:
        row.changed_at = context.now() if is_stale else None
    return is_stale


def _stop(row: UpdateSchedule) -> Change:
    change = _before(row, None)
    row.changed_at = None
    _owe(row, None, None)
    return change


def _owe(row: UpdateSchedule, policy: datetime | None, promised: datetime | None) -> None:
    """The earlier counts. A new due time begins its steps; one that stays goes on where it is.

    The first step is left out where it would come at once.
    """
    row.policy_due_at, row.promised_at = policy, promised
    due_at = min((t for t in (policy, promised) if t), default=None)
    if row.due_at != due_at:
        row.due_at = due_at
        row.next_step_at = _first_step(due_at) if due_at else None


def _first_step(due_at: datetime) -> datetime:
    before = due_at + Step.BEFORE.distance
    return before if before >= context.now() + SHORTEST_NOTICE else due_at


def _before(row: UpdateSchedule, told: StatusUpdate | None) -> Change:
    first_step = row.due_at + Step.BEFORE.distance if row.due_at else None
    return Change(
        row=row,
        told=told,
        silent_since=row.told_at or row.since_at,
        told_at=row.told_at,
        due_at=row.due_at,
        had_begun=row.due_at is not None and row.next_step_at != first_step,
        asks=row.asks,
    )


def _store(incident: Incident, changes: list[Change]) -> list[int]:
    """At most two statements; more only where somebody asked, or was reminded of what is not due any more."""
    if incident.source in Incident.OF_THE_PAST:
        for change in changes:
            change.row.next_step_at = None  # a recorded day reminds nobody
    UpdateSchedule.objects.bulk_create(
        [change.row for change in changes],
        update_conflicts=True,
        unique_fields=["incident", "audience"],
        update_fields=STORED,
    )
    DueTime.objects.bulk_create([ended for change in changes if (ended := change.ended)])
    if not incident.is_active or any(c.had_begun and c.row.due_at != c.due_at for c in changes):
        call_back(incident)
    if any(change.is_taken_back for change in changes):
        reopen_requests(incident)
    answers = {c.told.pk: c.told for c in changes if c.told and c.is_answer and c.asks}
    return sorted({asker for update in answers.values() for asker in answer_requests(incident, update)})


def _active_since(incident: Incident) -> datetime:
    """When it was declared or last reopened: what was said and promised before does not count any more."""
    since = context.now()
    for period in incident.status_periods.order_by("-started_at", "-pk"):
        if period.status not in ACTIVE_STATUSES:
            break
        since = period.started_at
    return since
