"""Action items as CSV, for spreadsheets and trackers."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from action_items.models import ActionItem
from core.text import harmless_cell


def _row(item: ActionItem) -> dict[str, Any]:
    """What the item came from only where the reader may read that too (`with_sources`)."""
    is_open = getattr(item, "is_source_open", False)
    behind = item.came_from if is_open else None
    return {
        "reference": item.reference,
        "title": item.title,
        "state": item.state,
        "priority": item.priority,
        "category": item.category,
        "owner": str(item.owner or ""),
        "team": str(item.team or ""),
        "due_on": item.due_on.isoformat() if item.due_on else "",
        "incident": behind.reference if behind else "",
        "factor": str(item.factor or "") if is_open else "",
        "verification": item.verification,
        "created_at_utc": _iso(item.created_at),
        "done_at_utc": _iso(item.done_at),
        "verified_at_utc": _iso(item.verified_at),
        "wont_do_reason": item.wont_do_reason,
        "helped": item.helped,
        "ticket": item.external_key,
        "ticket_url": item.external_url,
    }


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""


def as_csv(items: Iterable[ActionItem]) -> str:
    """RFC 4180, with cells that a spreadsheet would run as a formula put behind an apostrophe."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(_row(ActionItem())))
    writer.writeheader()
    for item in items:
        writer.writerow({name: harmless_cell(value) for name, value in _row(item).items()})
    return buffer.getvalue()
