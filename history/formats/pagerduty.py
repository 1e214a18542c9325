"""Incidents as PagerDuty's REST interface lists them (GET /incidents): an object with `incidents`.

It tells when an incident was triggered, not when the impact began: `created_at` stands for both, as an estimate.
"""

from typing import Any

from history.entry import Entry, Past, PastUpdate, Refused
from history.formats.common import STATUSES, Format, Options, checked, degree, mapping, required
from history.source import Elements
from history.text_cleaning import clean, identifier, line, moment, rows
from incidents.models import Status


def entry(raw: Any, options: Options) -> Entry:
    raw = mapping(raw.get("incident", raw) if isinstance(raw, dict) else raw)
    status = STATUSES.get(str(raw.get("status")).lower())
    if status is None:
        raise Refused(f"its status is not known: {str(raw.get('status'))[:40]}")
    created = required(
        moment(raw.get("created_at"), "created_at", zone=options.zone, order=options.order), "created_at"
    )
    resolved = None
    if status == Status.CLOSED:
        ended = raw.get("resolved_at") or raw.get("last_status_change_at")
        resolved = moment(ended, "last_status_change_at", zone=options.zone, order=options.order)
    taken = [
        moment(a.get("at"), "acknowledged at", zone=options.zone, order=options.order)
        for a in rows(raw, "acknowledgements")
    ]
    priority, service = raw.get("priority"), raw.get("service")
    worst = (isinstance(priority, dict) and (priority.get("summary") or priority.get("name"))) or raw.get(
        "urgency"
    )
    notes = [
        PastUpdate(
            required(
                moment(n.get("created_at"), "a note", zone=options.zone, order=options.order),
                "time at a note",
            ),
            "",
            text,
        )
        for n in rows(raw, "notes")
        if (text := clean(n.get("content")))
    ]
    name = line(service.get("summary"), limit=100) if isinstance(service, dict) else ""
    return checked(
        Past(
            source_id=identifier(raw, "id", "incident_number"),
            title=line(raw.get("title") or raw.get("summary")),
            degree=str(worst or "none").lower(),
            status=status,
            impact_started_at=created,
            detected_at=created,
            declared_at=created,
            acknowledged_at=min((t for t in taken if t), default=None),
            resolved_at=resolved,
            summary=clean(raw.get("description"), limit=500),
            url=line(raw.get("html_url")),
            words=notes,
            services=[(name, degree(""))] if name else [],
            estimated=("impact_started_at",),
        )
    )


FORMAT = Format(
    "pagerduty",
    "PagerDuty",
    "Incidents as PagerDuty's REST interface lists them (GET /incidents).",
    lambda stream: iter(Elements(stream, "incidents")),
    entry,
    "entry",
)
