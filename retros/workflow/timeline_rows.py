"""Several rows of a timeline at once: star, leave out, bring back, merge; and answers to what is suggested."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform

from accounts.models import User
from audit import context
from events.retrospectives import RetrospectiveTimelineChanged
from retros.models import ContributingFactor, Learning, Retrospective, TimelineEntry
from retros.timeline import RetrospectiveTimeline
from retros.timeline_suggestions import duplicates_in, introducing_in
from retros.workflow.common import announce, audit, lock, save
from retros.workflow.timeline import mark_phase, restore_entry
from retros.workflow.timeline_import import bring_rows
from timeline.models import Phase

CHANGED = "Someone else changed or answered this. Nothing was done."


@transaction.atomic
def star_entries(
    *, retrospective: Retrospective, by: User, entries: Iterable[TimelineEntry], is_starred: bool = True
) -> int:
    """Star rows, or take their stars away; how many it changed."""
    retrospective = lock(retrospective, by=by)
    rows = _standing(retrospective, entries).filter(is_starred=not is_starred)
    changed = list(rows.values_list("pk", flat=True))
    rows.update(is_starred=is_starred, version=F("version") + 1)
    _record(retrospective, "timeline.starred" if is_starred else "timeline.unstarred", by, changed)
    return len(changed)


@transaction.atomic
def remove_entries(*, retrospective: Retrospective, by: User, entries: Iterable[TimelineEntry]) -> int:
    """Leave rows out, each with the recollections beside it. They stay stored and can be restored."""
    retrospective = lock(retrospective, by=by)
    changed = list(_standing(retrospective, entries).values_list("pk", flat=True))
    now = context.now()
    stood = Q(beside__in=changed) | Q(beside__merged_into__in=changed)
    TimelineEntry.objects.standing().filter(stood).update(removed_at=now)
    TimelineEntry.objects.filter(pk__in=changed).update(removed_at=now, version=F("version") + 1)
    _record(retrospective, "timeline.removed", by, changed)
    return len(changed)


@transaction.atomic
def restore_entries(*, retrospective: Retrospective, by: User, entries: Iterable[TimelineEntry]) -> int:
    """Bring back rows that were left out, each as `restore_entry` does."""
    retrospective = lock(retrospective, by=by)
    rows = TimelineEntry.objects.filter(
        retrospective=retrospective, removed_at__isnull=False, pk__in=[entry.pk for entry in entries]
    )
    removed = list(rows.select_related("retrospective"))
    for entry in removed:
        restore_entry(entry=entry, by=by)
    return len(removed)


@transaction.atomic
def merge_entries(
    *, retrospective: Retrospective, by: User, entries: Iterable[TimelineEntry]
) -> TimelineEntry:
    """Let one row stand for several that say the same; it keeps all of them as its sources.

    The one that marks a moment stands, else a starred one, else the first. What refers to the others refers to it
    too. `separate_entries` takes it back.
    """
    retrospective = lock(retrospective, by=by)
    milestone = KeyTextTransform("milestone", "event__data")
    rows = list(_standing(retrospective, entries).annotate(milestone=milestone).in_order())
    kept = _row_that_stands(rows)
    others = [row.pk for row in rows if row.pk != kept.pk]
    TimelineEntry.objects.filter(merged_into__in=others).update(merged_into=kept)
    TimelineEntry.objects.filter(pk__in=others).update(merged_into=kept, version=F("version") + 1)
    TimelineEntry.objects.filter(pk=kept.pk).update(version=F("version") + 1)
    for model, name in ((ContributingFactor, "contributingfactor_id"), (Learning, "learning_id")):
        _refer_too(model.entries.through, name, others, kept)
    _record(retrospective, "timeline.merged", by, others, into=kept.pk)
    return kept


def _row_that_stands(rows: list[Any]) -> TimelineEntry:
    if len(rows) < 2:
        raise ValidationError("Select two or more rows to merge.")
    if any(row.gap or row.is_recollection for row in rows):
        raise ValidationError("You can't merge gaps or recollections. Select events only.")
    marks = [row for row in rows if row.phase or row.milestone]
    if len(marks) > 1:
        raise ValidationError("Two of these rows mark a moment. Merge rows with at most one mark.")
    found: TimelineEntry = next(iter(marks), None) or next((row for row in rows if row.is_starred), rows[0])
    return found


def _refer_too(through: Any, name: str, others: list[int], kept: TimelineEntry) -> None:
    referring = through.objects.filter(timelineentry__in=others).values_list(name, flat=True).distinct()
    through.objects.bulk_create(
        (through(**{name: pk, "timelineentry_id": kept.pk}) for pk in referring), ignore_conflicts=True
    )


@transaction.atomic
def separate_entries(*, entry: TimelineEntry, by: User) -> int:
    """Take a merge back: every row that was merged into `entry` stands by itself again."""
    retrospective = lock(entry.retrospective, by=by)
    rows = TimelineEntry.objects.filter(retrospective=retrospective, merged_into=entry.pk)
    changed = list(rows.values_list("pk", flat=True))
    rows.update(merged_into=None, version=F("version") + 1)
    _record(retrospective, "timeline.separated", by, changed, out_of=entry.pk)
    return len(changed)


@transaction.atomic
def merge_suggested(*, retrospective: Retrospective, by: User, key: str) -> TimelineEntry:
    """Merge rows that were suggested as saying the same."""
    retrospective = lock(retrospective, by=by)
    found = next((one for one in duplicates_in(RetrospectiveTimeline(retrospective)) if one.key == key), None)
    if found is None:
        raise ValidationError(CHANGED)
    return merge_entries(retrospective=retrospective, by=by, entries=found.rows)


@transaction.atomic
def mark_introduced(*, retrospective: Retrospective, by: User, key: str) -> TimelineEntry:
    """Mark a suggested change as what introduced the problem; one that is no row yet becomes one."""
    retrospective = lock(retrospective, by=by)
    found = next(
        (one for one in introducing_in(RetrospectiveTimeline(retrospective), by) if one.key == key), None
    )
    if found is None:
        raise ValidationError(CHANGED)
    entry = found.entry
    if found.change:
        bring_rows(retrospective=retrospective, by=by, rows=[found.change])
        entry = retrospective.entries.get(source=found.change.source, source_id=found.change.source_id)
    return mark_phase(entry=entry, by=by, phase=Phase.INTRODUCED)


@transaction.atomic
def dismiss_suggestion(*, retrospective: Retrospective, by: User, key: str) -> None:
    """Do not suggest this again: rows that are not the same, or changes that introduced nothing."""
    retrospective = lock(retrospective, by=by)
    timeline = RetrospectiveTimeline(retrospective)
    offered = {one.key for one in duplicates_in(timeline)}
    if introducing_in(timeline, by):
        offered.add("introduced")
    if key not in offered:
        raise ValidationError(CHANGED)
    retrospective.dismissed = [*retrospective.dismissed, key]
    save(retrospective, "dismissed")
    audit(retrospective, "timeline.suggestion_dismissed", by, suggestion=key)
    announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")


def _standing(retrospective: Retrospective, entries: Iterable[TimelineEntry]) -> Any:
    return TimelineEntry.objects.standing().filter(
        retrospective=retrospective, pk__in=[entry.pk for entry in entries]
    )


def _record(retrospective: Retrospective, action: str, by: User, entries: list[int], **more: Any) -> None:
    if entries:
        audit(retrospective, action, by, entries=entries, **more)
        announce(retrospective, RetrospectiveTimelineChanged(), what="timeline")
