"""One JSON object a line: what Allclear exports, or a public incident with its updates.

The latter has id, title, impact (none, minor, major, critical or maintenance), started_at, resolved_at, components
and updates, each with at, status and message.
"""

from typing import Any

from history.entry import Entry, Own, Past, PastUpdate, Refused
from history.formats.common import STATUSES, Format, Options, checked, degree, mapping, mitigated_by, required
from history.formats.statuspage import MAINTENANCE_STATES, maintenance
from history.source import json_lines
from history.text_cleaning import clean, identifier, is_storable, line, moment, rows
from incidents.models import Status

OWN = "allclear"


def entry(raw: Any, options: Options) -> Entry:
    raw = mapping(raw)
    if OWN in raw:
        if not is_storable(raw):
            raise Refused("a text holds a character that cannot be stored")
        return Own(identifier(raw, "id"), raw)
    is_maintenance = raw.get("impact") == "maintenance"
    known: dict[str, Any] = dict(MAINTENANCE_STATES if is_maintenance else STATUSES)
    words = [
        PastUpdate(
            required(
                moment(u.get("at"), "the time of an update", zone=options.zone, order=options.order),
                "time at an update",
            ),
            known.get(str(u.get("status")).lower(), ""),
            clean(u.get("message")),
        )
        for u in rows(raw, "updates")
    ]
    began = moment(raw.get("started_at"), "started_at", zone=options.zone, order=options.order)
    resolved = moment(raw.get("resolved_at"), "resolved_at", zone=options.zone, order=options.order)
    names = raw.get("components") or []
    if not isinstance(names, list):
        raise Refused("components is not a list")
    if is_maintenance:
        return maintenance(
            source_id=identifier(raw, "id"),
            title=line(raw.get("title")),
            announced=began,
            window=(None, None),
            resolved=resolved,
            words=words,
            services=[line(name, limit=100) for name in names],
        )
    impact = str(raw.get("impact") or "none").lower()
    said = ([w.status for w in sorted(words, key=lambda w: w.at) if w.status] or [""])[-1]
    return checked(
        Past(
            source_id=identifier(raw, "id"),
            title=line(raw.get("title")),
            degree=impact,
            status=Status.CLOSED if resolved else said or Status.INVESTIGATING,
            impact_started_at=required(began, "started_at"),
            mitigated_at=mitigated_by(words),
            resolved_at=resolved,
            url=line(raw.get("url")),
            words=words,
            services=[(line(name, limit=100), degree(impact)) for name in names],
        )
    )


FORMAT = Format(
    "jsonl",
    "JSON lines",
    "One incident a line: what Allclear exports, or id, title, impact, started_at, resolved_at and updates.",
    json_lines,
    entry,
    "line",
)
