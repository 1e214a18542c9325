"""The timeline for other tools: Markdown to read, CSV to compute, JSON to take along whole."""

import csv
import io
import json
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from core.text import harmless_cell
from timeline.models import TimelineEvent, phase_before

COLUMNS = [
    "occurred_at_utc", "occurred_at_local", "precision_seconds", "recorded_at_utc", "kind", "phase", "actor",
    "source", "text", "detail", "starred", "gap", "recollection",
]  # fmt: skip


def _row(event: TimelineEvent, zone: tzinfo) -> dict:
    return {
        "occurred_at_utc": _iso(event.occurred_at.astimezone(UTC)),
        "occurred_at_local": _iso(event.occurred_at.astimezone(zone)),
        "precision_seconds": event.precision_seconds,
        "recorded_at_utc": _iso(event.recorded_at.astimezone(UTC)),
        "kind": event.kind,
        "phase": event.phase,
        "actor": str(event.actor) if event.actor else "",
        "source": event.source,
        "text": event.text,
        "detail": event.detail,
        "starred": event.is_starred,
        "gap": event.gap,
        "recollection": event.is_recollection,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _events(incident: Any) -> list[TimelineEvent]:
    return list(
        incident.timeline.standing().select_related("actor").prefetch_related("evidence").oldest_first()
    )


def as_json(incident: Any, zone: ZoneInfo) -> tuple[str, str]:
    rows = []
    for event in _events(incident):
        evidence = [
            {
                "kind": e.kind,
                "title": e.title,
                "body": e.body,
                "url": e.url,
                "captured_at_utc": _iso(e.captured_at.astimezone(UTC)),
            }
            for e in event.evidence.all()
        ]
        rows.append({"id": event.pk} | _row(event, zone) | {"data": event.data, "evidence": evidence})
    document = {
        "reference": incident.reference,
        "title": incident.title,
        "severity": incident.severity.name,
        "status": incident.status,
        "time_zone": str(zone),
        "events": rows,
    }
    return json.dumps(document, ensure_ascii=False, indent=1), "application/json"


def as_csv(incident: Any, zone: ZoneInfo) -> tuple[str, str]:
    """RFC 4180, with cells that a spreadsheet would run as a formula put behind an apostrophe."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    for event in _events(incident):
        writer.writerow({name: harmless_cell(value) for name, value in _row(event, zone).items()})
    return buffer.getvalue(), "text/csv; charset=utf-8"


def as_markdown(incident: Any, zone: ZoneInfo) -> tuple[str, str]:
    lines = [f"# {incident.reference}: {_escaped(incident.title)}", ""]
    lines += [f"{incident.severity.name} · {incident.get_status_display()} · times in {zone}, then UTC", ""]
    day = None
    for event in _events(incident):
        local, utc = event.occurred_at.astimezone(zone), event.occurred_at.astimezone(UTC)
        if local.date() != day:
            day = local.date()
            lines += ["", f"## {day.isoformat()}", ""]
        who = f", {_escaped(str(event.actor))}" if event.actor else ""
        marks = "".join(
            f" _({mark})_"
            for mark in (
                phase_before(event.phase, event.text),
                event.get_gap_display() if event.gap else "",
                "recollection" if event.is_recollection else "",
            )
            if mark
        )
        lines.append(
            f"- **{local:%H:%M:%S}** ({utc:%H:%M:%S}Z) {event.get_kind_display()}{who}: {_escaped(event.text)}{marks}"
        )
        lines += [f"  {_escaped(line)}" for line in event.detail.splitlines()]
        lines += [
            f"  - {e.get_kind_display()}: {_escaped(e.title)} {e.url}".rstrip() for e in event.evidence.all()
        ]
    return "\n".join(lines) + "\n", "text/markdown; charset=utf-8"


def _escaped(text: str) -> str:
    """One line of Markdown that renders as the text itself (CommonMark backslash escapes)."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|" else c for c in flat)


FORMATS = {"json": as_json, "csv": as_csv, "md": as_markdown}
