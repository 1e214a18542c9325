"""A CSV file: one incident a row, its columns told by their names or by whoever imports it."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from history.entry import BrokenFile, Entry, Past, Refused
from history.formats.common import STATUSES, Format, Options, checked, degree, required
from history.source import table
from history.text_cleaning import clean, identifier, line, moment
from incidents.models import Status

# Our field: what it is called on the page, and how columns of that meaning are usually headed.
FIELDS = {
    "id": ("Number", ("id", "incident id", "incident", "number", "incident number", "key", "reference")),
    "title": ("Title", ("title", "name", "summary line", "subject", "incident title", "message", "description", "what")),
    "severity": ("Severity", ("severity", "impact", "priority", "urgency", "sev")),
    "status": ("Status", ("status", "state")),
    "started_at": ("Impact began", ("started_at", "start", "started", "impact started", "begin", "created_at", "created on", "created", "opened")),
    "detected_at": ("Detected", ("detected_at", "detected")),
    "declared_at": ("Declared", ("declared_at", "declared", "reported", "reported_at")),
    "acknowledged_at": ("Acknowledged", ("acknowledged_at", "acknowledged")),
    "mitigated_at": ("Mitigated", ("mitigated_at", "mitigated")),
    "resolved_at": ("Resolved", ("resolved_at", "resolved", "resolved on", "end", "ended", "ended_at", "closed", "closed_at")),
    "services": ("Services, separated by commas", ("services", "service", "service name", "components", "component", "affected services")),
    "summary": ("Summary", ("summary", "description", "details", "text")),
    "url": ("Address", ("url", "link", "html_url")),
}  # fmt: skip
REQUIRED = ("id", "title", "started_at")
TIMES = ("detected_at", "declared_at", "acknowledged_at", "mitigated_at", "resolved_at")


def header(stream: BinaryIO) -> list[str]:
    """The names in the first row."""
    first = next(table(stream), None)
    if first is None:
        raise BrokenFile("The file is empty.")
    names = [cell.strip() for cell in first[1]]
    if double := sorted({n for n in names if n and names.count(n) > 1}):
        raise BrokenFile(f"Two columns are called “{double[0]}”.")
    return names


def guess(names: list[str], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our field → the column that is most probably meant; each column once.

    What is `chosen` stands, “” for no column; the other fields are guessed from the columns that are left.
    """
    found = dict(chosen or {})
    free = {name.casefold().replace("_", " "): name for name in names if name and name not in found.values()}
    for field, (_label, usual) in FIELDS.items():
        if field in found:
            continue
        for heading in usual:
            if name := free.pop(heading.replace("_", " "), None):
                found[field] = name
                break
    return {field: name for field, name in found.items() if name}


def read(stream: BinaryIO) -> Iterator[tuple[int, dict | None]]:
    """(line number, cells by column); None for a row that has more or fewer cells than there are columns."""
    names = header(stream)
    stream.seek(0)
    numbered = table(stream)
    next(numbered)
    for number, cells in numbered:
        yield number, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None


def entry(raw: Any, options: Options) -> Entry:
    if raw is None:
        raise Refused("it has more or fewer cells than the first row")
    columns = guess(list(raw), options.columns)
    for field in REQUIRED:
        if columns.get(field) not in raw:
            raise Refused(f"no column is chosen for “{FIELDS[field][0]}”")
    cells = {field: raw.get(column, "").strip() for field, column in columns.items()}
    times = {name: moment(cells.get(name), name, zone=options.zone, order=options.order) for name in TIMES}
    status = STATUSES.get((cells.get("status") or "").lower())
    if cells.get("status") and status is None:
        raise Refused(f"its status is not known: {cells['status'][:40]}")
    worst = (cells.get("severity") or "none").lower()
    began = moment(cells["started_at"], "the start", zone=options.zone, order=options.order)
    return checked(
        Past(
            source_id=identifier(cells, "id"),
            title=line(cells["title"]),
            degree=worst,
            status=status or Status.INVESTIGATING,
            impact_started_at=required(began, "start"),
            summary=clean(cells.get("summary"), limit=500),
            url=line(cells.get("url")),
            services=[
                (line(n, limit=100), degree(worst))
                for n in (cells.get("services") or "").split(",")
                if n.strip()
            ],
            detected_at=times["detected_at"],
            declared_at=times["declared_at"],
            acknowledged_at=times["acknowledged_at"],
            mitigated_at=times["mitigated_at"],
            resolved_at=times["resolved_at"],
        )
    )


FORMAT = Format(
    "csv",
    "CSV",
    "A table with one incident in each row. You choose what each column holds.",
    read,
    entry,
    "line",
)
