"""Incidents as Opsgenie's interface lists them (GET /v1/incidents): an object with `data`."""

from typing import Any

from history.entry import Entry, Past, Refused
from history.formats.common import STATUSES, Format, Options, checked, degree, mapping, required
from history.source import Elements
from history.text_cleaning import clean, identifier, line, moment
from incidents.models import Status


def entry(raw: Any, options: Options) -> Entry:
    raw = mapping(raw)
    status = STATUSES.get(str(raw.get("status")).lower())
    if status is None:
        raise Refused(f"its status is not known: {str(raw.get('status'))[:40]}")
    created = required(
        moment(raw.get("createdAt"), "createdAt", zone=options.zone, order=options.order), "createdAt"
    )
    began = moment(raw.get("impactStartDate"), "impactStartDate", zone=options.zone, order=options.order)
    ended = moment(raw.get("impactEndDate"), "impactEndDate", zone=options.zone, order=options.order)
    resolved = None
    estimated: tuple[str, ...] = () if began else ("impact_started_at",)
    if status == Status.CLOSED:
        resolved = (
            moment(raw.get("resolvedAt"), "resolvedAt", zone=options.zone, order=options.order) or ended
        )
        if resolved is None:
            resolved = moment(raw.get("updatedAt"), "updatedAt", zone=options.zone, order=options.order)
            estimated += ("resolved_at",)
    services = raw.get("impactedServices") or []
    if not isinstance(services, list):
        raise Refused("impactedServices is not a list")
    names = [s.get("name") or s.get("id") if isinstance(s, dict) else s for s in services]
    return checked(
        Past(
            source_id=identifier(raw, "id"),
            title=line(raw.get("message")),
            degree=str(raw.get("priority") or "P3").lower(),
            status=status,
            impact_started_at=began or created,
            declared_at=created,
            resolved_at=resolved,
            summary=clean(raw.get("description"), limit=500),
            url=line(links.get("web")) if isinstance(links := raw.get("links"), dict) else "",
            services=[(line(name, limit=100), degree("")) for name in names],
            estimated=estimated,
        )
    )


FORMAT = Format(
    "opsgenie",
    "Opsgenie",
    "Incidents as Opsgenie's interface lists them (GET /v1/incidents).",
    lambda stream: iter(Elements(stream, "data")),
    entry,
    "entry",
)
