"""Rows that come from elsewhere: the incident's own events, and what was read from files and records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.retrospectives import RetrospectiveTimelineChanged
from retros.imports.rows import MOST_ROWS, Row
from retros.models import Retrospective, TimelineEntry
from retros.timeline import RetrospectiveTimeline
from retros.workflow.common import announce, audit, lock
from retros.workflow.timeline import check_entry
from timeline.models import Evidence, Kind, TimelineEvent

KNOWN_LATER = timedelta(minutes=1)  # recorded later than this, it was known from then on
FOLLOWED = (
    "text", "detail", "occurred_at", "ended_at", "known_at", "phase", "precision_seconds", "is_starred",
)  # fmt: skip


@dataclass(frozen=True)
class Brought:
    added: int = 0
    changed: int = 0
    known: int = 0  # were there already


@transaction.atomic
def seed_timeline(*, retrospective: Retrospective, by: User) -> Brought:
    """Take over the incidents' standing key events; again, and only what is new comes.

    A row nobody has touched here follows what the incident says since; one that was changed or removed here
    stays as it is.
    """
    retrospective = lock(retrospective, by=by)
    # What a phase begins with is told too, whatever its kind.
    telling = TimelineEvent.objects.key() | TimelineEvent.objects.exclude(phase="")
    events = telling.standing().oldest_first().filter(incident__in=retrospective.incidents.all())
    entries = TimelineEntry.objects.filter(retrospective=retrospective, event__isnull=False)
    had = {entry.event_id: entry for entry in entries.select_for_update(of=("self",))}
    untouched = [entry for entry in had.values() if not (entry.version or entry.removed_at)]
    marked = {entry.event_id: entry.phase for entry in untouched}
    wanted = {event.pk: entry_of(event, retrospective, by) for event in events.select_related("incident")}
    coming = [entry for pk, entry in wanted.items() if pk not in had or pk in marked]
    # Whichever marks a phase already goes on doing so.
    _give_way(retrospective, sorted(coming, key=lambda one: marked.get(one.event_id) != one.phase), untouched)
    new = [entry for pk, entry in wanted.items() if pk not in had]
    TimelineEntry.objects.bulk_create(new)
    _attach_evidence(new)
    follow = []
    for entry in untouched:
        says = wanted.get(entry.event_id or 0)
        if says is None:
            entry.removed_at = context.now()
            follow.append(entry)
        elif any(getattr(entry, name) != getattr(says, name) for name in FOLLOWED):
            for name in FOLLOWED:
                setattr(entry, name, getattr(says, name))
            follow.append(entry)
    TimelineEntry.objects.bulk_update(follow, [*FOLLOWED, "removed_at"])
    if new or follow:
        audit(retrospective, "timeline.taken_over", by, added=len(new), changed=len(follow))
        announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return Brought(added=len(new), changed=len(follow))


def entry_of(event: TimelineEvent, retrospective: Retrospective, by: User) -> TimelineEntry:
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
        phase="" if event.data.get("was") or event.gap or event.is_recollection else event.phase,
        gap=event.gap,
        is_recollection=event.is_recollection,
        is_starred=event.is_starred,
        added_by=by,
    )


def _give_way(
    retrospective: Retrospective, coming: Iterable[TimelineEntry], instead_of: Iterable[TimelineEntry] = ()
) -> None:
    """A phase of an incident that a row here marks already is not marked a second time by one that comes in.

    The rows `instead_of` which they come do not count.
    """
    timeline = RetrospectiveTimeline(retrospective)
    rows = TimelineEntry.objects.standing().filter(retrospective=retrospective).exclude(phase="")
    rows = rows.exclude(pk__in=[entry.pk for entry in instead_of]).select_related("event__incident")
    marked = {(row.phase, timeline.incident_of(row)) for row in rows}
    for entry in coming:
        told = (entry.phase, timeline.incident_of(entry))
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
def bring_rows(*, retrospective: Retrospective, by: User, rows: Sequence[Row]) -> Brought:
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
            phase="" if row.is_recollection else row.phase,
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
        announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
    return Brought(added=len(new), known=len(rows) - len(new))
