"""Action items as CSV, for spreadsheets and trackers."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

from django.db.models.functions import Coalesce

from action_items.hooks import ticket_cells
from action_items.models.items import ActionItemQuerySet, reference_of_item
from core.text import harmless_cell
from incidents.models.reference import reference_of

# Values instead of records: seven records a line took ten times as long.
READ = [
    "pk", "title", "state", "priority", "category", "due_on", "verification", "created_at", "done_at",
    "verified_at", "wont_do_reason", "helped", "external_key", "external_url", "is_source_open",
    "owner__name", "owner__email", "team__name", "factor__text",
]  # fmt: skip
COLUMNS = [
    "reference", "title", "state", "priority", "category", "owner", "team", "due_on", "incident", "factor",
    "verification", "created_at_utc", "done_at_utc", "verified_at_utc", "wont_do_reason", "helped", "ticket",
    "ticket_url", "ticket_state",
]  # fmt: skip


def _row(item: dict[str, Any], ticket: tuple[str, str, str] | None) -> list[str]:
    """In the order of `COLUMNS`; what it came from only where the reader may read that too (`with_sources`)."""
    behind = item["incident_number"] if item["is_source_open"] else None
    return [
        reference_of_item(item["pk"]),
        item["title"],
        item["state"],
        item["priority"],
        item["category"],
        item["owner__name"] or item["owner__email"] or "",
        item["team__name"] or "",
        item["due_on"].isoformat() if item["due_on"] else "",
        reference_of(behind) if behind is not None else "",
        (item["factor__text"] or "") if item["is_source_open"] else "",
        item["verification"],
        _iso(item["created_at"]),
        _iso(item["done_at"]),
        _iso(item["verified_at"]),
        item["wont_do_reason"],
        item["helped"],
        *(ticket or (item["external_key"], item["external_url"], "")),
    ]


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""


def as_csv(items: ActionItemQuerySet) -> str:
    """RFC 4180, with cells that a spreadsheet would run as a formula put behind an apostrophe.

    `items` are `with_sources`, in the order of the file.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    number = Coalesce("incident__number", "retrospective__incident__number")
    values = items.select_related(None).values(*READ, incident_number=number)
    tickets = ticket_cells(items)
    for item in values.iterator(chunk_size=2000):
        writer.writerow([harmless_cell(value) for value in _row(item, tickets.get(item["pk"]))])
    return buffer.getvalue()
