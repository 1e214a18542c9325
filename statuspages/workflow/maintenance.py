"""Work announced beforehand: scheduled, moved on by people or by the clock, told to subscribers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit import context
from config.text import one_line
from incidents.conflict import Conflict
from notifications.workflow import enqueue
from statuspages.models import Component, MaintenanceState, MaintenanceUpdate, ScheduledMaintenance
from statuspages.models.maintenance import BEGAN, ENDED
from statuspages.workflow.basics import facts, record, require_announcer

LONGEST_WORD = 5000


@transaction.atomic
def schedule_maintenance(
    *,
    by: Any,
    maintenance: ScheduledMaintenance,
    components: Iterable[Component],
    text: str,
    form_token: UUID | None = None,
) -> ScheduledMaintenance:
    """Announce it. The same `form_token` again returns what it made the first time."""
    require_announcer(by)
    if form_token and (
        existing := ScheduledMaintenance.objects.filter(
            form_token=form_token, page=maintenance.page_id
        ).first()
    ):
        return existing
    _check(maintenance, chosen := list(components))
    maintenance.form_token = form_token
    maintenance.created_at = maintenance.changed_at = context.now()
    maintenance.save(force_insert=True)
    maintenance.components.set(chosen)
    update = _say(maintenance, text, by)
    _record(maintenance, "maintenance.scheduled", by, before={})
    _announce(maintenance, "maintenance.scheduled", update)
    return maintenance


@transaction.atomic
def change_maintenance(
    *,
    by: Any,
    maintenance: ScheduledMaintenance,
    components: Iterable[Component],
    text: str,
    version: int | None = None,
) -> ScheduledMaintenance:
    """Another window, title or choice of components, and a sentence that says so."""
    require_announcer(by)
    stored = _lock(maintenance)
    if version is not None and version != stored.version:
        raise Conflict(stored, stored.title)
    if stored.is_over:
        raise ValidationError(f"It is {stored.get_state_display().lower()} already.")
    _check(maintenance, chosen := list(components))
    before = facts(stored) | {"components": _names(stored.components.all())}
    is_moved = maintenance.starts_at != stored.starts_at
    maintenance.reminded_at = None if is_moved else stored.reminded_at
    maintenance.version, maintenance.changed_at = stored.version + 1, context.now()
    maintenance.state, maintenance.began_at = stored.state, stored.began_at
    maintenance.save()
    maintenance.components.set(chosen)
    update = _say(maintenance, text, by)
    _record(maintenance, "maintenance.changed", by, before=before)
    _announce(maintenance, "maintenance.changed", update)
    return maintenance


@transaction.atomic
def update_maintenance(
    *, by: Any, maintenance: ScheduledMaintenance, text: str, state: str = ""
) -> ScheduledMaintenance:
    """Say how it goes, and move it on where `state` is another than it has."""
    require_announcer(by)
    stored = _lock(maintenance)
    if state and state != stored.state:
        return _move(stored, state, text, by)
    update = _say(stored, text, by)
    _touch(stored)
    _record(stored, "maintenance.updated", by, before={}, after={"text": update.text})
    _announce(stored, "maintenance.updated", update)
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
        _announce(maintenance, "maintenance.reminder", maintenance.updates.first())


def _move(maintenance: ScheduledMaintenance, state: str, text: str, by: Any) -> ScheduledMaintenance:
    if state not in maintenance.next_states:
        raise ValidationError(
            {"state": f"It is {maintenance.get_state_display().lower()}; it cannot become this."}
        )
    before = {"state": maintenance.state}
    maintenance.state = state
    if state == MaintenanceState.IN_PROGRESS and maintenance.began_at is None:
        maintenance.began_at = context.now()
    if maintenance.is_over:
        maintenance.ended_at = context.now()
    update = _say(maintenance, text, by)
    _touch(maintenance, "state", "began_at", "ended_at")
    _record(maintenance, f"maintenance.{state}", by, before=before, after={"state": state})
    _announce(maintenance, f"maintenance.{state}", update)
    return maintenance


def _lock(maintenance: ScheduledMaintenance) -> ScheduledMaintenance:
    rows = ScheduledMaintenance.objects.select_for_update(of=("self",)).select_related("page")
    return rows.get(pk=maintenance.pk)


def _check(maintenance: ScheduledMaintenance, components: list[Component]) -> None:
    maintenance.title = one_line(maintenance.title)
    if maintenance.ends_at <= maintenance.starts_at:
        raise ValidationError({"ends_at": "It ends before it begins."})
    if any(c.page_id != maintenance.page_id for c in components):
        raise ValidationError({"components": "These components are on another page."})


def _say(maintenance: ScheduledMaintenance, text: str, by: Any) -> MaintenanceUpdate:
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
    )


def _touch(maintenance: ScheduledMaintenance, *fields: str) -> None:
    maintenance.version += 1
    maintenance.changed_at = context.now()
    maintenance.save(update_fields=["version", "changed_at", *fields])


def _record(
    maintenance: ScheduledMaintenance, action: str, by: Any, *, before: dict, after: dict | None = None
) -> None:
    if after is None:
        after = facts(maintenance) | {"components": _names(maintenance.components.all())}
    record(maintenance.page, action, maintenance, by, before=before, after=after)


def _names(components: Iterable[Component]) -> list[str]:
    return sorted(c.name for c in components)


def _announce(maintenance: ScheduledMaintenance, topic: str, update: MaintenanceUpdate | None) -> None:
    enqueue(
        topic=topic,
        subject=maintenance.chain,
        payload={"maintenance": maintenance.pk, "update": update.pk if update else None},
        due_at=context.now(),
    )
