"""CSV and JSON: other tools' timelines and our own exports."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.text import visible
from retros.imports.rows import Reading, Refused, Row, check, in_order, moment, row_id
from timeline.models import Kind, Phase

TIMES = (
    "occurred_at_utc",
    "occurred_at",
    "timestamp",
    "time",
    "at",
    "datetime",
    "date",
    "when",
    "occurred_at_local",
)
TEXTS = ("text", "message", "what", "event", "description", "title", "summary")
WHO = ("actor", "user", "who", "author", "name")
SYSTEMS = ("system", "service", "source", "host", "component")
TAKEN_KINDS = (Kind.NOTE, Kind.DECISION, Kind.QUESTION, Kind.ALERT, Kind.CHANGE, Kind.HYPOTHESIS, Kind.MITIGATION,
               Kind.UPDATE, Kind.MILESTONE)  # fmt: skip
LONGEST_FILE = 2 * 1024 * 1024
MOST_COLUMNS = 200


def read_csv(
    content: bytes, *, zone: ZoneInfo, now: datetime, people: Mapping[str, int] | None = None, order: str = ""
) -> Reading:
    """Rows under a line of column names; comma, semicolon or tab between them."""
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip().lower().replace(" ", "_") for name in reader.fieldnames or []]
        _require_columns(names)
        reader.fieldnames = names
        return _read("csv", ((reader.line_num, row) for row in reader), zone, now, people or {}, order)
    except csv.Error as fault:
        raise Refused(f"Line {reader.line_num} is not well-formed CSV: {fault}.") from None


def read_json(
    content: bytes, *, zone: ZoneInfo, now: datetime, people: Mapping[str, int] | None = None, order: str = ""
) -> Reading:
    """A list of objects, or an object that has one under “events”, “rows”, “entries” or “timeline”."""
    try:
        found = json.loads(_decoded(content))
    except (ValueError, RecursionError) as fault:
        raise Refused(f"This is not well-formed JSON: {fault}.") from None
    if isinstance(found, dict):
        found = next(
            (found[k] for k in ("events", "rows", "entries", "timeline") if isinstance(found.get(k), list)),
            None,
        )
    if not isinstance(found, list):
        raise Refused("A list of rows is needed, or an object with “events”.")
    return _read("json", enumerate(found, 1), zone, now, people or {}, order)


def _decoded(content: bytes) -> str:
    if len(content) > LONGEST_FILE:
        raise Refused(f"At most {LONGEST_FILE // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("This is not UTF-8 text.") from None
    if not text.strip():
        raise Refused("The file is empty.")
    return text


def _require_columns(names: list[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise Refused(f"The file has {len(names):,} columns. At most {MOST_COLUMNS} can be imported.")
    for wanted, what in ((TIMES, "a time"), (TEXTS, "a text")):
        if not set(wanted) & set(names):
            raise Refused(f"No column holds {what}. Name one {', '.join(wanted[:4])} in the first line.")


def _read(
    source: str,
    rows: Iterator[tuple[int, Any]],
    zone: ZoneInfo,
    now: datetime,
    people: Mapping[str, int],
    order: str,
) -> Reading:
    reading = Reading()
    for number, found in rows:
        try:
            row = _row(source, found, zone, now, people, order)
        except Refused as refusal:
            reading.refuse(number, _shown(found), str(refusal))
        else:
            reading.add(row)
    return in_order(reading)


def _row(
    source: str, found: Any, zone: ZoneInfo, now: datetime, people: Mapping[str, int], order: str
) -> Row:
    if not isinstance(found, dict):
        raise Refused("A row is an object with a time and a text.")
    if None in found:
        raise Refused("It has more cells than there are columns.")
    when, text = _first(found, TIMES), _first(found, TEXTS)
    if not when:
        raise Refused("It has no time.")
    at = moment(when, zone, order)
    check(at, text, now)
    who, system = _first(found, WHO), _first(found, SYSTEMS)
    actor = people.get(who.casefold())
    kind, phase = _word(found, "kind"), _word(found, "phase")
    precision = _word(found, "precision_seconds")
    return Row(
        occurred_at=at,
        text=text,
        detail=_first(found, ("detail", "details"))[:10_000],
        source=source,
        source_id=row_id(at, text, who),
        kind=kind if kind in TAKEN_KINDS else Kind.NOTE,
        actor_id=actor,
        system=(system or (who if not actor else ""))[:100],
        phase=phase if phase in Phase.values else "",
        precision_seconds=int(precision)
        if precision.isdecimal() and precision.isascii() and len(precision) < 7
        else None,
        is_recollection=_word(found, "recollection") in ("true", "yes", "1"),
    )


def _first(found: dict, names: tuple[str, ...]) -> str:
    """The first of these columns that says something; without the apostrophe that kept a formula from running."""
    for name in names:
        value = found.get(name)
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            continue
        if text := visible(str(value)).strip():
            return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text
    return ""


def _word(found: dict, name: str) -> str:
    value = found.get(name)
    return str(value).strip().lower() if isinstance(value, (str, int, bool)) else ""


def _shown(found: Any) -> str:
    values = found.values() if isinstance(found, dict) else [found]
    return ", ".join(str(value) for value in values if value)[:200]
