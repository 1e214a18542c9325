"""Maintenance that repeats: announced once, its windows made ahead, changed or cancelled from one window on."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from audit import context
from core.conflict import Conflict
from core.form_tokens import hold_form
from core.text import one_line
from events.maintenance import MaintenanceCancelled, MaintenanceChanged, MaintenanceScheduled
from statuspages.models import (
    Component,
    MaintenanceSeries,
    MaintenanceState,
    ScheduledMaintenance,
)
from statuspages.recurrence import MOST_INTERVAL
from statuspages.rules import in_words
from statuspages.workflow.common import facts, lock, made_before, record, require_announcer
from statuspages.workflow.maintenance import (
    LONGEST_WORD,
    announce,
    lock_maintenance,
    names,
    note,
    say,
    touch,
)

HORIZON = timedelta(days=60)
MOST_AHEAD = 10  # windows of a series that are made and have not begun
MOST_SERIES = 20  # of a page, that go on
MOST_WINDOWS = 500  # of a series that ends after so many
LONGEST = timedelta(days=7)
NEAR = timedelta(
    days=3
)  # how far a day of the rule may move so that a window changed on its own stands for it


@transaction.atomic
def schedule_series(
    *,
    by: User,
    series: MaintenanceSeries,
    components: Iterable[Component],
    form_token: UUID | None = None,
) -> ScheduledMaintenance:
    """Announce it by its first window, which is returned. The same `form_token` again returns that of the first time."""
    require_announcer(by)
    hold_form(form_token)
    lock(series.page)
    if existing := made_before(MaintenanceSeries, form_token, series.page):
        return existing.occurrences.order_by("occurs_on")[0]
    if series.page.series.going_on().count() >= MOST_SERIES:
        raise ValidationError(
            f"This page has {MOST_SERIES} repeating maintenances already. Cancel one of them first."
        )
    check_series(series, chosen := list(components))
    series.form_token = form_token
    series.created_at = context.now()
    series.save(force_insert=True)
    series.components.set(chosen)
    _record(series, "maintenance_series.scheduled", by, before={})
    first = extend_series(series, by=by)[0]
    announce(first, MaintenanceScheduled, first.updates.first())
    return first


@transaction.atomic
def change_following(
    *,
    by: User,
    maintenance: ScheduledMaintenance,
    series: MaintenanceSeries,
    components: Iterable[Component],
    version: int | None = None,
) -> ScheduledMaintenance:
    """Another rule, window or text from `maintenance` on, which is announced by it alone.

    What has begun stays, and so does a later window that was changed on its own.
    """
    require_announcer(by)
    stored, standing = _lock_following(maintenance)
    if version is not None and version != stored.version:
        raise Conflict(stored, stored.title)
    check_series(series, chosen := list(components))
    before = _facts(standing)
    series.pk, series.created_at, series.form_token = standing.pk, standing.created_at, standing.form_token
    held = standing.occurrences.select_for_update(of=("self",))
    rows = list(held.filter(occurs_on__gte=stored.occurs_on).order_by("occurs_on"))
    _check_order(standing, stored, series.first_on)
    plain = [stored, *(r for r in rows if r.pk != stored.pk and r.is_waiting and not r.is_changed)]
    keep = [r for r in rows if r not in plain]
    standing.occurrences.filter(pk__in=[r.pk for r in rows]).update(occurs_on=None)
    days = list(islice(series.recurrence.dates(), len(rows) + MOST_AHEAD))
    taken = _keep_days(keep, days)
    free = [day for day in days if day not in taken]
    series.made_through = free[min(len(plain), len(free)) - 1]
    series.due_at = context.now()
    series.save()
    series.components.set(chosen)
    _record(series, "maintenance_series.changed", by, before=before)
    for row, day in zip(plain, free, strict=False):
        _rewrite(row, series, day, chosen, by, is_first=row is stored)
    for row in plain[len(free) :]:
        _cancel(row, series.text, by, is_covered=True)
    extend_series(series)
    _check_apart(series)
    announce(stored, MaintenanceChanged, stored.updates.first())
    return stored


@transaction.atomic
def cancel_following(*, by: User, maintenance: ScheduledMaintenance, text: str) -> ScheduledMaintenance:
    """Cancel this window and all later ones; subscribers are notified once."""
    require_announcer(by)
    stored, series = _lock_following(maintenance)
    later = Q(occurs_on__gt=stored.occurs_on) | Q(occurs_on=None, starts_at__gt=stored.starts_at)
    rows = list(  # before the page and the audit trail, as whoever changes one of them does
        series.occurrences.upcoming().filter(later).select_for_update(of=("self",)).order_by("starts_at")
    )
    before = _facts(series)
    series.due_at, series.count = None, None
    series.ends_on = (stored.occurs_on or series.first_on) - timedelta(days=1)
    series.save(update_fields=["due_at", "count", "ends_on"])
    _record(series, "maintenance_series.cancelled", by, before=before)
    _cancel(stored, text, by, covers_later=True)
    for row in rows:
        _cancel(row, text, by, is_covered=True)
    announce(stored, MaintenanceCancelled, stored.updates.first())
    return stored


def extend_series(series: MaintenanceSeries, *, by: User | None = None) -> list[ScheduledMaintenance]:
    """Make the windows of the next 60 days, ten at most, and at least the next one. The caller holds the series.

    Nobody is notified: readers know of the series. A window that is over by now is not made any more.
    """
    now = context.now()
    known = set(series.occurrences.exclude(occurs_on=None).values_list("occurs_on", flat=True))
    upcoming = series.occurrences.upcoming().filter(starts_at__gt=now)
    waiting = list(upcoming.values_list("starts_at", flat=True))
    made = []
    series.due_at = None
    for day in series.recurrence.dates(after=series.made_through):
        window = series.window(day)
        if len(waiting) >= MOST_AHEAD or (waiting and window.starts_at > now + HORIZON):
            is_full = len(waiting) >= MOST_AHEAD
            series.due_at = min(waiting if is_full else [*waiting, window.starts_at - HORIZON])
            break
        series.made_through = day
        if day not in known and window.ends_at > now:
            made.append(_make(series, day, by))
            waiting += [window.starts_at] if window.starts_at > now else []
    series.save(update_fields=["made_through", "due_at"])
    return made


def check_series(series: MaintenanceSeries, components: list[Component] | None = None) -> None:
    """Raise ValidationError for what a series must not be; its first day becomes one that fits the rule."""
    series.title = one_line(series.title)
    if any(c.page_id != series.page_id for c in components or []):
        raise ValidationError({"components": "These components are on another page."})
    if series.frequency not in MOST_INTERVAL:
        raise ValidationError({"frequency": "Choose how often it repeats."})
    most = MOST_INTERVAL[series.frequency]
    if not 1 <= series.interval <= most:
        raise ValidationError({"interval": f"Enter a number from 1 to {most}."})
    if series.count is not None and not 2 <= series.count <= MOST_WINDOWS:
        raise ValidationError({"count": f"Enter a number from 2 to {MOST_WINDOWS}."})
    if series.duration <= timedelta(0):
        raise ValidationError({"ends_at": "It ends before it begins."})
    if series.duration > LONGEST:
        raise ValidationError({"ends_at": f"A window that repeats lasts at most {LONGEST.days} days."})
    if len(series.text) > LONGEST_WORD:
        raise ValidationError({"text": f"Say it in at most {LONGEST_WORD} characters."})
    series.first_on = series.recurrence.begun().first
    first = series.window(series.first_on)
    if first.starts_at <= context.now():
        raise ValidationError({"starts_at": "The first window has begun already. Choose a later time."})
    if series.ends_on and series.ends_on < series.first_on:
        raise ValidationError(
            {"ends_on": f"The first window begins on {_day(first.wall)}. Choose a later day."}
        )
    if found := series.overlap():
        one, next_one = found
        raise ValidationError(
            {
                "ends_at": f"Windows would overlap: the one of {_day(one.wall)} ends after the one of "
                f"{_day(next_one.wall)} begins. Make the window shorter, or repeat it less often."
            }
        )


def _lock_following(maintenance: ScheduledMaintenance) -> tuple[ScheduledMaintenance, MaintenanceSeries]:
    stored = lock_maintenance(maintenance)
    if stored.series is None or stored.occurs_on is None:
        raise ValidationError("This maintenance does not repeat.")
    if not stored.is_waiting:
        raise ValidationError(
            f"It is {stored.get_state_display().lower()} already. Choose a window that has not begun."
        )
    # A form that was opened for an earlier window holds the plan of these, too: it is too old from now on.
    earlier = stored.series.occurrences.upcoming().filter(occurs_on__lt=stored.occurs_on)
    earlier.update(version=F("version") + 1)
    return stored, stored.series


def _keep_days(keep: list[ScheduledMaintenance], days: list[date]) -> set[date]:
    """Store for which of the new days each of `keep` stands: its own, else a near one. Returns those days.

    The first of `days` is the window's from which the series is changed.
    """
    taken: set[date] = set()
    for is_exact in (True, False):
        for row in [r for r in keep if r.occurs_on not in taken]:
            own = row.occurs_on
            near = [d for d in days[1:] if own and d not in taken and abs(d - own) <= NEAR]
            if is_exact:
                near = [d for d in near if d == own]
            if near and own:
                row.occurs_on = min(near, key=lambda d: abs(d - own))
                taken.add(row.occurs_on)
                row.save(update_fields=["occurs_on"])
    for row in keep:
        if row.occurs_on not in taken and row.occurs_on not in days:
            row.save(update_fields=["occurs_on"])
    return taken


def _make(series: MaintenanceSeries, day: date, by: User | None) -> ScheduledMaintenance:
    window, now = series.window(day), context.now()
    row = ScheduledMaintenance.objects.create(
        page=series.page,
        series=series,
        occurs_on=day,
        title=series.title,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        begins_by_itself=series.begins_by_itself,
        ends_by_itself=series.ends_by_itself,
        reminds=series.reminds,
        created_at=now,
        changed_at=now,
    )
    row.components.set(series.components.all())
    say(row, series.text, by)
    note(row, "maintenance.scheduled", by, before={})
    return row


def _rewrite(
    row: ScheduledMaintenance,
    series: MaintenanceSeries,
    day: date,
    components: list[Component],
    by: User,
    *,
    is_first: bool,
) -> None:
    """One window as the series has it now."""
    before = facts(row) | {"components": names(row.components.all())}
    window = series.window(day)
    if window.starts_at != row.starts_at:
        row.reminded_at = None
    row.series, row.occurs_on, row.is_changed = series, day, False
    row.title, row.starts_at, row.ends_at = series.title, window.starts_at, window.ends_at
    row.begins_by_itself, row.ends_by_itself = series.begins_by_itself, series.ends_by_itself
    row.reminds = series.reminds
    row.version, row.changed_at = row.version + 1, context.now()
    row.save()
    row.components.set(components)
    say(row, series.text, by, covers_later=is_first)
    note(row, "maintenance.changed", by, before=before)


def _cancel(
    row: ScheduledMaintenance, text: str, by: User, *, covers_later: bool = False, is_covered: bool = False
) -> None:
    before = {"state": row.state}
    row.state, row.ended_at, row.is_covered = MaintenanceState.CANCELLED, context.now(), is_covered
    say(row, text, by, covers_later=covers_later)
    touch(row, "state", "ended_at", "is_covered")
    note(row, "maintenance.cancelled", by, before=before, after={"state": row.state})


def _check_order(series: MaintenanceSeries, maintenance: ScheduledMaintenance, first: date) -> None:
    earlier = series.occurrences.filter(occurs_on__lt=maintenance.occurs_on).order_by("occurs_on").last()
    if earlier and earlier.occurs_on and first <= earlier.occurs_on:
        before = f"{earlier.occurs_on.day} {earlier.occurs_on:%B %Y}"
        raise ValidationError(
            {"starts_at": f"The window before this one is that of {before}. Choose a later day."}
        )


def _check_apart(series: MaintenanceSeries) -> None:
    rows = series.occurrences.open().order_by("starts_at")
    for one, next_one in pairwise(rows):
        if one.ends_at > next_one.starts_at:
            other = one if one.is_changed or not one.is_waiting else next_one
            raise ValidationError(
                {
                    "starts_at": "The new windows would overlap the one of "
                    f"{_day(other.starts_at.astimezone(series.zone))}, which stays as it is. "
                    "Choose another time, or change that window first."
                }
            )


def _day(local: Any) -> str:
    return f"{local:%a} {local.day} {local:%B %Y, %H:%M}"


def _facts(series: MaintenanceSeries) -> dict[str, Any]:
    told = facts(series)
    for name in ("made_through", "due_at", "form_token"):
        told.pop(name, None)
    return told | {"rule": in_words(series.recurrence), "components": names(series.components.all())}


def _record(series: MaintenanceSeries, action: str, by: User, *, before: dict[str, Any]) -> None:
    record(series.page, action, series, by, before=before, after=_facts(series))
