"""Incidents as Statuspage's interface (v2) lists them: an array, or an object with `incidents`.

Its maintenances come in the same shape, with impact “maintenance” or a time they were scheduled for.
"""

from datetime import datetime, timedelta
from typing import Any

from history.entry import Entry, Past, PastMaintenance, PastUpdate, Refused
from history.formats.common import (
    STATUSES,
    Format,
    Options,
    checked,
    degree,
    mapping,
    mitigated_by,
    required,
)
from history.source import Elements
from history.text_cleaning import clean, identifier, line, moment, planned, rows
from incidents.models import Status
from statuspages.models import MaintenanceState

MAINTENANCE_STATES = {
    "scheduled": MaintenanceState.SCHEDULED,
    "in progress": MaintenanceState.IN_PROGRESS,
    "in_progress": MaintenanceState.IN_PROGRESS,
    "verifying": MaintenanceState.VERIFYING,
    "completed": MaintenanceState.COMPLETED,
    "cancelled": MaintenanceState.CANCELLED,
    "canceled": MaintenanceState.CANCELLED,
}


def entry(raw: Any, options: Options) -> Entry:
    raw = mapping(raw)
    if raw.get("impact") == "maintenance" or raw.get("scheduled_for"):
        return _maintenance(raw, options)
    updates = list(reversed(rows(raw, "incident_updates")))  # newest first in the file
    words = [
        PastUpdate(_said_at(u, options), STATUSES.get(str(u.get("status")).lower(), ""), clean(u.get("body")))
        for u in updates
    ]
    status = STATUSES.get(str(raw.get("status")).lower())
    if status is None:
        raise Refused(f"its status is not known: {str(raw.get('status'))[:40]}")
    impact = str(raw.get("impact") or "none").lower()
    resolved = moment(raw.get("resolved_at"), "resolved_at", zone=options.zone, order=options.order)
    began = moment(
        raw.get("started_at") or raw.get("created_at"), "started_at", zone=options.zone, order=options.order
    )
    watched = moment(raw.get("monitoring_at"), "monitoring_at", zone=options.zone, order=options.order)
    mitigated = mitigated_by(words) or (watched if status in (Status.MITIGATED, Status.CLOSED) else None)
    return checked(
        Past(
            source_id=identifier(raw, "id"),
            title=line(raw.get("name")),
            degree=impact,
            status=status,
            impact_started_at=required(began, "started_at"),
            declared_at=moment(raw.get("created_at"), "created_at", zone=options.zone, order=options.order),
            mitigated_at=mitigated,
            resolved_at=resolved,
            url=line(raw.get("shortlink")),
            words=words,
            services=[
                (line(c.get("name"), limit=100), degree(c.get("status"), otherwise=impact))
                for c in _components(raw)
            ],
        )
    )


def _components(raw: dict) -> list[dict]:
    """Without the groups whose components are named as well."""
    named = rows(raw, "components")
    groups_told = {c.get("group_id") for c in named}
    return [c for c in named if not c.get("group") or c.get("id") not in groups_told]


def _said_at(update: dict, options: Options) -> datetime:
    return required(
        moment(
            update.get("display_at") or update.get("created_at"),
            "the time of an update",
            zone=options.zone,
            order=options.order,
        ),
        "time at an update",
    )


def _maintenance(raw: dict, options: Options) -> PastMaintenance:
    words = [
        PastUpdate(
            _said_at(u, options),
            MAINTENANCE_STATES.get(str(u.get("status")).lower(), ""),
            clean(u.get("body")),
        )
        for u in reversed(rows(raw, "incident_updates"))
    ]
    return maintenance(
        source_id=identifier(raw, "id"),
        title=line(raw.get("name")),
        announced=moment(raw.get("created_at"), "created_at", zone=options.zone, order=options.order),
        window=(
            planned(raw.get("scheduled_for"), "scheduled_for", zone=options.zone, order=options.order),
            planned(raw.get("scheduled_until"), "scheduled_until", zone=options.zone, order=options.order),
        ),
        resolved=moment(raw.get("resolved_at"), "resolved_at", zone=options.zone, order=options.order),
        words=words,
        services=[line(c.get("name"), limit=100) for c in _components(raw)],
    )


def maintenance(
    *,
    source_id: str,
    title: str,
    announced: datetime | None,
    window: tuple[datetime | None, datetime | None],
    resolved: datetime | None,
    words: list[PastUpdate],
    services: list[str],
) -> PastMaintenance:
    """The window is the planned one where the file tells it, else when the work began and was done."""
    if not title:
        raise Refused("it has no title")
    words = sorted(words, key=lambda w: w.at)
    state = next((w.status for w in reversed(words) if w.status), "") or MaintenanceState.SCHEDULED
    if resolved and state != MaintenanceState.CANCELLED:
        state = MaintenanceState.COMPLETED
    began = next((w.at for w in words if w.status == MaintenanceState.IN_PROGRESS), None)
    ended = resolved or next((w.at for w in words if w.status == MaintenanceState.COMPLETED), None)
    first = announced or (words[0].at if words else None)
    starts = window[0] or began or first
    if starts is None:
        raise Refused("it does not say when the work begins")
    ends = window[1] or ended
    if ends is None:
        raise Refused("it does not say when the work ends")
    if ends < starts:
        raise Refused(
            f"it ends before it begins ({ends:%Y-%m-%d %H:%M:%S} is before {starts:%Y-%m-%d %H:%M:%S})"
        )
    return PastMaintenance(
        source_id=source_id,
        title=title,
        state=state,
        announced_at=first or starts,
        starts_at=starts,
        ends_at=max(ends, starts + timedelta(seconds=1)),
        began_at=began,
        ended_at=ended,
        words=words,
        services=services,
    )


FORMAT = Format(
    "statuspage",
    "Statuspage",
    "Incidents as Statuspage's interface lists them (/api/v2/incidents.json).",
    lambda stream: iter(Elements(stream, "incidents", "scheduled_maintenances")),
    entry,
    "entry",
)
