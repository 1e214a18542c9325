"""Rows that come from elsewhere: the incident's own events, and what was read from files and records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from audit import context
from retros.account import Account
from retros.imports.rows import MOST_ROWS, Row
from retros.models import Retrospective, TimelineEntry
from retros.workflow.account import check_entry, tell
from retros.workflow.basics import audit, lock
from timeline.models import Evidence, Kind, TimelineEvent

KNOWN_LATER = timedelta(minutes=1)  # recorded later than this, it was known from then on
FOLLOWED = ("text", "detail", "occurred_at", "phase", "precision_seconds", "is_starred")


@dataclass(frozen=True)
class Brought:
    added: int = 0
    changed: int = 0
    known: int = 0  # were there already


@transaction.atomic
def seed_timeline(*, retrospective: Retrospective, by: Any) -> Brought:
    """Take over the incidents' standing key events; again, and only what is new comes.

    A row nobody has touched here follows what the incident says since; one that was changed or removed here
    stays as it is.
    """
    retrospective = lock(retrospective, by=by)
    events = list(
        TimelineEvent.objects.filter(
            Q(incident__retrospectives=retrospective) | Q(incident=retrospective.incident_id or 0)
        )
        .filter(pk__in=_taken_over())
        .distinct()
        .order_by("occurred_at", "pk")
    )
    entries = TimelineEntry.objects.filter(retrospective=retrospective, event__isnull=False)
    had = {entry.event_id: entry for entry in entries.select_for_update(of=("self",))}
    new = [entry_of(event, retrospective, by) for event in events if event.pk not in had]
    _give_way(retrospective, new)
    TimelineEntry.objects.bulk_create(new)
    _attach_evidence(new)
    follow, standing = [], {event.pk: event for event in events}
    for entry in had.values():
        if entry.version or entry.removed_at:
            continue
        event = standing.get(entry.event_id or 0)
        if event is None:
            entry.removed_at = context.now()
            follow.append(entry)
            continue
        wanted = entry_of(event, retrospective, by)
        if any(getattr(entry, name) != getattr(wanted, name) for name in FOLLOWED):
            for name in FOLLOWED:
                setattr(entry, name, getattr(wanted, name))
            follow.append(entry)
    TimelineEntry.objects.bulk_update(follow, [*FOLLOWED, "removed_at"])
    if new or follow:
        audit(retrospective, "timeline.taken_over", by, added=len(new), changed=len(follow))
        tell(retrospective, "retrospective.timeline_changed")
    return Brought(added=len(new), changed=len(follow))


def _taken_over() -> Any:
    """Key events, starred ones, and those that mark a phase."""
    telling = TimelineEvent.objects.key() | TimelineEvent.objects.exclude(phase="")
    return telling.filter(removed_at__isnull=True).values("pk")


def entry_of(event: TimelineEvent, retrospective: Retrospective, by: Any) -> TimelineEntry:
    minutes = event.data.get("minutes") if event.gap else None
    is_learned_late = event.recorded_at - event.occurred_at > KNOWN_LATER
    return TimelineEntry(
        retrospective=retrospective,
        event=event,
        occurred_at=event.occurred_at,
        ended_at=event.occurred_at + timedelta(minutes=minutes) if isinstance(minutes, int) else None,
        known_at=event.recorded_at if is_learned_late else None,
        precision_seconds=event.precision_seconds,
        recorded_at=event.recorded_at,
        kind=event.kind,
        actor_id=event.actor_id,
        system=event.source,
        text=event.text,
        detail=event.detail,
        # A milestone that was forgotten when the incident was reopened stands for its phase no longer.
        phase="" if event.data.get("was") else event.phase,
        gap=event.gap,
        is_recollection=event.is_recollection,
        is_starred=event.is_starred,
        added_by=by,
    )


def _give_way(retrospective: Retrospective, new: list[TimelineEntry]) -> None:
    """A phase of an incident that a row here marks already is not marked a second time by one that comes in.

    Rows of no incident speak for the one whose times are measured.
    """
    incident = Account(retrospective).incident
    main = incident.pk if incident else 0
    rows = TimelineEntry.objects.standing().filter(retrospective=retrospective).exclude(phase="")
    marked = {(phase, of or main) for phase, of in rows.values_list("phase", "event__incident")}
    for entry in new:
        told = (entry.phase, entry.event.incident_id if entry.event else main)
        if told in marked:
            entry.phase = ""
        elif entry.phase:
            marked.add(told)


def _attach_evidence(new: list[TimelineEntry]) -> None:
    by_event = {entry.event_id: entry.pk for entry in new}
    link = TimelineEntry.evidence.through
    link.objects.bulk_create(
        link(timelineentry_id=by_event[event], evidence_id=pk)
        for pk, event in Evidence.objects.filter(event__in=by_event).values_list("pk", "event")
        if event is not None
    )


@transaction.atomic
def bring_rows(*, retrospective: Retrospective, by: Any, rows: Sequence[Row]) -> Brought:
    """Write rows that were read from elsewhere. The same row (source, source_id) comes in once, even if removed since."""
    retrospective = lock(retrospective, by=by)
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"At most {MOST_ROWS} rows come in at once.")
    had = set(
        TimelineEntry.objects.filter(retrospective=retrospective)
        .exclude(source_id="")
        .values_list("source", "source_id")
    )
    new: list[TimelineEntry] = []
    for row in rows:
        if (row.source, row.source_id) in had:
            continue
        had.add((row.source, row.source_id))
        entry = TimelineEntry(
            retrospective=retrospective,
            occurred_at=row.occurred_at,
            known_at=row.known_at,
            precision_seconds=row.precision_seconds,
            recorded_at=context.now(),
            kind=row.kind if row.kind in Kind.values else Kind.NOTE,
            source=row.source,
            source_id=row.source_id,
            actor_id=row.actor_id,
            system=row.system,
            service_id=row.service_id,
            text=row.text,
            detail=row.detail,
            phase=row.phase,
            is_recollection=row.is_recollection,
            added_by=by,
        )
        check_entry(entry)
        new.append(entry)
    _give_way(retrospective, new)
    TimelineEntry.objects.bulk_create(new)
    if new:
        sources = sorted({entry.source for entry in new})
        audit(retrospective, "timeline.brought_in", by, rows=len(new), sources=sources)
        tell(retrospective, "retrospective.timeline_changed")
    return Brought(added=len(new), known=len(rows) - len(new))
