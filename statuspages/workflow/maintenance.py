"""Work announced beforehand: scheduled, moved on by people or by the clock, told to subscribers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import context
from core.conflict import Conflict
from core.form_tokens import hold_form
from core.text import one_line
from events.maintenance import (
    MaintenanceCancelled,
    MaintenanceChanged,
    MaintenanceCompleted,
    MaintenanceEvent,
    MaintenanceInProgress,
    MaintenanceReminder,
    MaintenanceScheduled,
    MaintenanceUpdated,
    MaintenanceVerifying,
)
from notifications.workflow import enqueue
from statuspages.models import (
    Component,
    MaintenanceSeries,
    MaintenanceState,
    MaintenanceUpdate,
    ScheduledMaintenance,
)
from statuspages.models.maintenance import BEGAN, ENDED
from statuspages.workflow.common import facts, lock, made_before, record, require_announcer

LONGEST_WORD = 5000
OF_STATE: dict[str, type[MaintenanceEvent]] = {
    MaintenanceState.IN_PROGRESS: MaintenanceInProgress,
    MaintenanceState.VERIFYING: MaintenanceVerifying,
    MaintenanceState.COMPLETED: MaintenanceCompleted,
    MaintenanceState.CANCELLED: MaintenanceCancelled,
}


@transaction.atomic
def schedule_maintenance(
    *,
    by: User,
    maintenance: ScheduledMaintenance,
    components: Iterable[Component],
    text: str,
    form_token: UUID | None = None,
) -> ScheduledMaintenance:
    """Announce it. The same `form_token` again returns what it made the first time."""
    require_announcer(by)
    hold_form(form_token)
    lock(maintenance.page)
    if existing := made_before(ScheduledMaintenance, form_token, maintenance.page):
        return existing
    _check(maintenance, chosen := list(components))
    maintenance.form_token = form_token
    maintenance.created_at = maintenance.changed_at = context.now()
    maintenance.save(force_insert=True)
    maintenance.components.set(chosen)
    update = say(maintenance, text, by)
    note(maintenance, "maintenance.scheduled", by, before={})
    announce(maintenance, MaintenanceScheduled, update)
    return maintenance


@transaction.atomic
def change_maintenance(
    *,
    by: User,
    maintenance: ScheduledMaintenance,
    components: Iterable[Component],
    text: str,
    version: int | None = None,
) -> ScheduledMaintenance:
    """Another window, title or choice of components, and a sentence that says so."""
    require_announcer(by)
    stored = lock_maintenance(maintenance)
    if version is not None and version != stored.version:
        raise Conflict(stored, stored.title)
    if stored.is_over:
        raise ValidationError(f"It is {stored.get_state_display().lower()} already.")
    _check(maintenance, chosen := list(components))
    if stored.series:
        check_apart(stored.series, maintenance)
        maintenance.is_changed = True
    before = facts(stored) | {"components": names(stored.components.all())}
    is_moved = maintenance.starts_at != stored.starts_at
    maintenance.reminded_at = None if is_moved else stored.reminded_at
    maintenance.version, maintenance.changed_at = stored.version + 1, context.now()
    maintenance.state, maintenance.began_at = stored.state, stored.began_at
    maintenance.occurs_on = stored.occurs_on
    maintenance.save()
    maintenance.components.set(chosen)
    update = say(maintenance, text, by)
    note(maintenance, "maintenance.changed", by, before=before)
    announce(maintenance, MaintenanceChanged, update)
    return maintenance


@transaction.atomic
def update_maintenance(
    *, by: User, maintenance: ScheduledMaintenance, text: str, state: str = ""
) -> ScheduledMaintenance:
    """Say how it goes, and move it on where `state` is another than it has."""
    require_announcer(by)
    stored = lock_maintenance(maintenance)
    if state and state != stored.state:
        return _move(stored, state, text, by)
    update = say(stored, text, by)
    touch(stored)
    note(stored, "maintenance.updated", by, before={}, after={"text": update.text})
    announce(stored, MaintenanceUpdated, update)
    return stored


def carry_on(maintenance: ScheduledMaintenance) -> None:
    """What the clock does to one maintenance whose row the caller holds: remind, begin or complete it."""
    now = timezone.now()
    if maintenance.is_running and maintenance.ends_by_itself and maintenance.ends_at <= now:
        _move(maintenance, MaintenanceState.COMPLETED, ENDED, None)
    elif maintenance.starts_at <= now:
        if maintenance.state == MaintenanceState.SCHEDULED and maintenance.begins_by_itself:
            _move(maintenance, MaintenanceState.IN_PROGRESS, BEGAN, None)
    elif maintenance.reminds and maintenance.reminded_at is None:
        maintenance.reminded_at = now
        maintenance.save(update_fields=["reminded_at"])
        announce(maintenance, MaintenanceReminder, maintenance.updates.first())


def _move(maintenance: ScheduledMaintenance, state: str, text: str, by: User | None) -> ScheduledMaintenance:
    if state not in maintenance.next_states:
        raise ValidationError(
            {"state": f"It is {maintenance.get_state_display().lower()}, so it can't change to this state."}
        )
    before = {"state": maintenance.state}
    maintenance.state = state
    if state == MaintenanceState.IN_PROGRESS and maintenance.began_at is None:
        maintenance.began_at = context.now()
    if maintenance.is_over:
        maintenance.ended_at = context.now()
    if maintenance.series_id and state == MaintenanceState.CANCELLED:  # the next one may not be made yet
        MaintenanceSeries.objects.filter(pk=maintenance.series_id).unfinished().update(due_at=context.now())
    update = say(maintenance, text, by)
    touch(maintenance, "state", "began_at", "ended_at")
    note(maintenance, f"maintenance.{state}", by, before=before, after={"state": state})
    announce(maintenance, OF_STATE[state], update)
    return maintenance


def lock_maintenance(maintenance: ScheduledMaintenance) -> ScheduledMaintenance:
    """Its series first, as whoever changes the whole of it does."""
    if maintenance.series_id:
        MaintenanceSeries.objects.select_for_update().get(pk=maintenance.series_id)
    rows = ScheduledMaintenance.objects.select_for_update(of=("self",)).select_related("page", "series")
    return rows.get(pk=maintenance.pk)


def _check(maintenance: ScheduledMaintenance, components: list[Component]) -> None:
    maintenance.title = one_line(maintenance.title)
    if maintenance.ends_at <= maintenance.starts_at:
        raise ValidationError({"ends_at": "It ends before it begins."})
    if any(c.page_id != maintenance.page_id for c in components):
        raise ValidationError({"components": "These components are on another page."})


def check_apart(series: MaintenanceSeries, maintenance: ScheduledMaintenance) -> None:
    """A window of a series must not overlap another one, whether or not that one is made yet."""
    others = series.occurrences.open().exclude(pk=maintenance.pk)
    hit = others.filter(starts_at__lt=maintenance.ends_at, ends_at__gt=maintenance.starts_at).first()
    starts_at = hit.starts_at if hit else None
    if hit is None and series.due_at:
        for window in series.windows(after=series.made_through):
            if window.starts_at >= maintenance.ends_at:
                break
            if window.ends_at > maintenance.starts_at:
                starts_at = window.starts_at
    if starts_at:
        local = starts_at.astimezone(series.zone)
        raise ValidationError(
            {
                "starts_at": f"Another window of this series begins on {local.day} {local:%B %Y at %H:%M %Z}. "
                "Choose a time that does not overlap it."
            }
        )


def say(
    maintenance: ScheduledMaintenance, text: str, by: User | None, *, covers_later: bool = False
) -> MaintenanceUpdate:
    if not text.strip():
        raise ValidationError({"text": "Say it in a sentence or two."})
    if len(text) > LONGEST_WORD:
        raise ValidationError({"text": f"Say it in at most {LONGEST_WORD} characters."})
    return MaintenanceUpdate.objects.create(
        maintenance=maintenance,
        state=maintenance.state,
        text=text.strip(),
        posted_at=context.now(),
        author=by,
        covers_later=covers_later,
    )


def touch(maintenance: ScheduledMaintenance, *fields: str) -> None:
    maintenance.version += 1
    maintenance.changed_at = context.now()
    maintenance.save(update_fields=["version", "changed_at", *fields])


def note(
    maintenance: ScheduledMaintenance,
    action: str,
    by: User | None,
    *,
    before: dict[str, Any],
    after: dict[str, Any] | None = None,
) -> None:
    if after is None:
        after = facts(maintenance) | {"components": names(maintenance.components.all())}
    record(maintenance.page, action, maintenance, by, before=before, after=after)


def names(components: Iterable[Component]) -> list[str]:
    return sorted(c.name for c in components)


def announce(
    maintenance: ScheduledMaintenance, event: type[MaintenanceEvent], update: MaintenanceUpdate | None
) -> None:
    enqueue(
        event=event(maintenance=maintenance.pk, update=update.pk if update else None),
        subject=maintenance.chain,
        due_at=context.now(),
    )
