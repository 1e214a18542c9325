"""The verbs of the account: write, change, remove, mark phases, keep gaps, remember differently."""

from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit import context
from events.retrospectives import RetrospectiveTimelineChanged
from incidents.models import Service
from incidents.workflow import Conflict, set_milestones
from retros.models import Retrospective, TimelineEntry
from retros.timeline import GAP_SOURCE, PHASE_MILESTONES, RetrospectiveTimeline
from retros.workflow.common import CHECK_YEAR, announce, audit, has_likely_year, lock
from timeline.models import Gap, Kind, Phase

LATER = ("occurred_at", "ended_at", "known_at")
WRITABLE = (
    "text", "detail", "kind", "occurred_at", "ended_at", "known_at", "precision_seconds", "actor", "system",
    "service", "is_recollection", "is_starred", "gap",
)  # fmt: skip


@transaction.atomic
def add_entry(
    *,
    retrospective: Retrospective,
    by: User,
    text: str,
    occurred_at: datetime,
    kind: str = Kind.NOTE,
    detail: str = "",
    ended_at: datetime | None = None,
    known_at: datetime | None = None,
    precision_seconds: int | None = None,
    actor: Any = None,
    system: str = "",
    service: Service | None = None,
    is_recollection: bool = False,
    is_starred: bool = False,
) -> TimelineEntry:
    """A row written in the retrospective itself. Moments in the future are refused with ValidationError."""
    retrospective = lock(retrospective, by=by)
    entry = TimelineEntry(
        retrospective=retrospective,
        text=text.strip(),
        detail=detail.strip(),
        kind=kind,
        occurred_at=occurred_at,
        ended_at=ended_at,
        known_at=known_at,
        precision_seconds=precision_seconds,
        actor=actor,
        system=system.strip(),
        service=service,
        is_recollection=is_recollection,
        is_starred=is_starred,
        recorded_at=context.now(),
        added_by=by,
    )
    check_entry(entry)
    entry.save()
    audit(retrospective, "timeline.written", by, entry=entry.pk, text=entry.text)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


@transaction.atomic
def change_entry(
    *, entry: TimelineEntry, by: User, version: int | None = None, **fields: Any
) -> TimelineEntry:
    """Change what is named of a row: any of WRITABLE. Conflict where `version` is not the stored one."""
    retrospective, entry = _lock_entry(entry, by=by, version=version)
    if unknown := set(fields) - set(WRITABLE):
        raise ValidationError(f"A row has no {', '.join(sorted(unknown))}.")
    changes = {}
    for name, value in fields.items():
        value = value.strip() if isinstance(value, str) else value
        before = getattr(entry, name)
        if before != value:
            changes[name] = [_said(before), _said(value)]
            setattr(entry, name, value)
    if not changes:
        return entry
    check_entry(entry)
    entry.version += 1
    entry.save()
    audit(retrospective, "timeline.changed", by, entry=entry.pk, **changes)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


@transaction.atomic
def remove_entry(*, entry: TimelineEntry, by: User) -> TimelineEntry:
    """Take a row out of sight; it stays stored and can be restored, with the recollections beside it."""
    retrospective, entry = _lock_entry(entry, by=by)
    if entry.removed_at is None:
        entry.removed_at = context.now()
        entry.version += 1
        entry.save(update_fields=["removed_at", "version"])
        _beside(entry).filter(removed_at__isnull=True).update(removed_at=entry.removed_at)
        audit(retrospective, "timeline.removed", by, entry=entry.pk, text=entry.text)
        announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


@transaction.atomic
def restore_entry(*, entry: TimelineEntry, by: User) -> TimelineEntry:
    """Put a removed row back, and what went with it. A phase that another row has taken meanwhile stays there."""
    retrospective, entry = _lock_entry(entry, by=by)
    if entry.removed_at is None:
        return entry
    _beside(entry).filter(removed_at=entry.removed_at).update(removed_at=None)
    entry.removed_at = None
    if entry.phase and _other_markers(entry, entry.phase).exists():
        entry.phase = ""
    if entry.beside_id and entry.beside and entry.beside.removed_at:
        entry.beside = None
    entry.version += 1
    entry.save(update_fields=["removed_at", "phase", "beside", "version"])
    audit(retrospective, "timeline.restored", by, entry=entry.pk, text=entry.text)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


@transaction.atomic
def mark_phase(
    *, entry: TimelineEntry, by: User, phase: str, version: int | None = None, sets_milestone: bool = False
) -> TimelineEntry:
    """Say that a phase began with this row; another row that said so says it no longer.

    `sets_milestone` corrects the incident's milestone to the same time as well, by the incident's own verb and
    its rules: out of order or without the right to, and nothing at all is changed.
    """
    retrospective, entry = _lock_entry(entry, by=by, version=version)
    if phase and phase not in Phase.values:
        raise ValidationError({"phase": "Choose one of the phases."})
    before, entry.phase = entry.phase, phase
    check_entry(entry)
    if before != phase:
        for other in _other_markers(entry, phase) if phase else ():
            _unmark(other)
        entry.version += 1
        entry.save(update_fields=["phase", "version"])
        audit(retrospective, "timeline.phase_marked", by, entry=entry.pk, phase=[before, phase])
    if sets_milestone:
        _set_milestone(entry, by)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


def _unmark(other: TimelineEntry) -> None:
    """A milestone's own row gives way to the row that says it better; any other only loses the mark."""
    other.version += 1
    if other.kind == Kind.MILESTONE:
        other.removed_at = context.now()
        other.save(update_fields=["removed_at", "version"])
    else:
        other.phase = ""
        other.save(update_fields=["phase", "version"])


def _set_milestone(entry: TimelineEntry, by: User) -> None:
    incident = RetrospectiveTimeline(entry.retrospective).incident_of(entry)
    name = PHASE_MILESTONES.get(Phase(entry.phase)) if entry.phase else None
    if incident is None or name is None:
        raise ValidationError({"sets_milestone": "No milestone of an incident belongs to this phase."})
    set_milestones(
        incident=incident, by=by, moments={name: entry.occurred_at}, basis={name: {"source": "person", "uncertainty_seconds": entry.precision_seconds}}
    )  # fmt: skip
    # The incident's row of this milestone is said by `entry` here: it is not taken over beside it.
    event = incident.timeline.standing().filter(kind=Kind.MILESTONE, data__milestone=name).first()
    if event and event.pk != entry.event_id:
        TimelineEntry.objects.get_or_create(
            retrospective=entry.retrospective,
            event=event,
            defaults={
                "occurred_at": event.occurred_at,
                "recorded_at": event.recorded_at,
                "kind": event.kind,
                "text": event.text,
                "phase": event.phase,
                "version": 1,
                "removed_at": context.now(),
            },
        )


@transaction.atomic
def add_gap(
    *,
    retrospective: Retrospective,
    by: User,
    text: str,
    occurred_at: datetime,
    ended_at: datetime | None = None,
    gap: str = Gap.MISSING,
    source_id: str = "",
) -> TimelineEntry:
    """A row for what is not known: information missing, or that came late."""
    retrospective = lock(retrospective, by=by)
    if gap not in Gap.values:
        raise ValidationError({"gap": "Say whether information was missing or delayed."})
    entry = TimelineEntry(
        retrospective=retrospective,
        text=text.strip() or Gap(gap).label,
        occurred_at=occurred_at,
        ended_at=ended_at,
        kind=Kind.GAP,
        gap=gap,
        source=GAP_SOURCE if source_id else "",
        source_id=source_id,
        recorded_at=context.now(),
        added_by=by,
    )
    check_entry(entry)
    entry.save()
    audit(retrospective, "timeline.gap_kept", by, entry=entry.pk, gap=gap, text=entry.text)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


@transaction.atomic
def keep_gap(*, retrospective: Retrospective, by: User, key: str) -> TimelineEntry:
    """Make a gap that was found a row of the account."""
    retrospective = lock(retrospective, by=by)
    found = _found(retrospective, key)
    return add_gap(
        retrospective=retrospective, by=by, text=found.text, occurred_at=found.began, ended_at=found.ended,
        gap=found.gap, source_id=key,
    )  # fmt: skip


@transaction.atomic
def dismiss_gap(*, retrospective: Retrospective, by: User, key: str) -> None:
    """A gap that was found is none: it is not offered again."""
    retrospective = lock(retrospective, by=by)
    found = _found(retrospective, key)
    TimelineEntry.objects.create(
        retrospective=retrospective,
        text=found.text,
        occurred_at=found.began,
        ended_at=found.ended,
        kind=Kind.GAP,
        gap=found.gap,
        source=GAP_SOURCE,
        source_id=key,
        recorded_at=context.now(),
        removed_at=context.now(),
        added_by=by,
    )
    audit(retrospective, "timeline.gap_dismissed", by, gap=found.gap, text=found.text)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")


def _found(retrospective: Retrospective, key: str) -> Any:
    found = next((gap for gap in RetrospectiveTimeline(retrospective).gaps if gap.key == key), None)
    if found is None:
        raise ValidationError("This gap is answered already, or filled.")
    return found


@transaction.atomic
def add_recollection(
    *,
    fact: TimelineEntry,
    by: User,
    text: str,
    actor: Any = None,
    occurred_at: datetime | None = None,
    detail: str = "",
) -> TimelineEntry:
    """How somebody remembers it, beside the fact and beside what others remember."""
    retrospective, fact = _lock_entry(fact, by=by)
    if fact.removed_at:
        raise ValidationError("That row is removed.")
    entry = TimelineEntry(
        retrospective=retrospective,
        beside=fact.beside or fact,
        text=text.strip(),
        detail=detail.strip(),
        occurred_at=occurred_at or fact.occurred_at,
        actor=actor or by,
        is_recollection=True,
        recorded_at=context.now(),
        added_by=by,
    )
    check_entry(entry)
    entry.save()
    audit(retrospective, "timeline.recollected", by, entry=entry.pk, beside=entry.beside_id, text=entry.text)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return entry


def check_entry(entry: TimelineEntry) -> None:
    """Raise ValidationError, by field, for a row that cannot be."""
    errors = {}
    if not entry.text:
        errors["text"] = "Write what happened, or remove the row."
    if entry.kind not in Kind.values:
        errors["kind"] = "Choose what it is."
    if not has_likely_year(entry.occurred_at):
        errors["occurred_at"] = CHECK_YEAR
    for name in LATER:
        moment = getattr(entry, name)
        if moment and moment > context.now():
            errors[name] = "This is in the future."
    if entry.ended_at and entry.ended_at < entry.occurred_at:
        errors["ended_at"] = "It ends before it begins."
    if entry.known_at and entry.known_at < entry.occurred_at:
        errors["known_at"] = "It was known before it happened."
    if entry.phase and (entry.gap or entry.is_recollection):
        errors[NON_FIELD_ERRORS] = "A phase begins with a fact, not with a gap or a recollection."
    if errors:
        raise ValidationError(errors)


def _lock_entry(
    entry: TimelineEntry, *, by: User, version: int | None = None
) -> tuple[Retrospective, TimelineEntry]:
    retrospective = lock(entry.retrospective, by=by)
    locked = TimelineEntry.objects.select_for_update(of=("self",)).select_related("beside").get(pk=entry.pk)
    if version is not None and version != locked.version:
        raise Conflict(locked, "This row")
    locked.retrospective = retrospective
    return retrospective, locked


def _beside(entry: TimelineEntry) -> Any:
    """The recollections that stand beside a row, or beside one that was merged into it."""
    return TimelineEntry.objects.filter(Q(beside=entry) | Q(beside__merged_into=entry))


def _other_markers(entry: TimelineEntry, phase: str) -> Any:
    """The other standing rows that say when `phase` began of the incident that `entry` tells of."""
    timeline = RetrospectiveTimeline(entry.retrospective)
    incident = timeline.incident_of(entry)
    own = Q(event__incident=incident)
    if incident == timeline.incident:
        own |= Q(event__isnull=True)
    marking = TimelineEntry.objects.standing().filter(own, retrospective=entry.retrospective, phase=phase)
    return marking.exclude(pk=entry.pk)


def _said(value: Any) -> str:
    return "" if value is None else str(value)
