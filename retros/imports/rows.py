"""A row on its way in, a row refused, and the reading of times that all sources share."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from config.text import visible

MOST_ROWS = 1000
MOST_READ = 5 * MOST_ROWS  # lines, those refused included
LONGEST_TEXT = 2_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
KNOWN_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "JST": 540, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip
AMBIGUOUS_ZONES = {"CST", "IST", "BST", "AST"}


@dataclass(frozen=True)
class Row:
    """One row as it would be written. `source` and `source_id` say which it is, so that it comes in once."""

    occurred_at: datetime
    text: str
    source: str
    source_id: str
    kind: str = "note"
    detail: str = ""
    actor_id: int | None = None
    system: str = ""
    service_id: int | None = None
    phase: str = ""
    precision_seconds: int | None = None
    known_at: datetime | None = None
    is_recollection: bool = False
    group: str = ""  # what the preview puts it under: a channel


@dataclass(frozen=True)
class Refusal:
    line: int
    text: str
    reason: str


@dataclass
class Reading:
    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Raises Refused for more than `MOST_READ` lines."""
        self._count()
        self.rows.append(row)

    def _count(self) -> None:
        if len(self.rows) + len(self.refused) >= MOST_READ:
            raise Refused(f"More than {MOST_READ:,} lines. Import a shorter period.")

    def refuse(self, line: int, text: str, reason: str) -> None:
        """Raises Refused for more than `MOST_READ` lines."""
        self._count()
        self.refused.append(Refusal(line, visible(text.strip()[:200]), reason))


class Refused(ValueError):  # noqa: N818 - the answer to what was read, not a fault
    """Why a time, a row or a whole file is not taken; shown to the person who brought it."""


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def row_id(at: datetime, text: str, actor: str = "") -> str:
    return fingerprint(at.astimezone(UTC).isoformat(), " ".join(text.split()).casefold(), actor.casefold())


def at_local(naive: datetime, zone: ZoneInfo) -> datetime:
    """That wall clock in `zone`. Refused where the clocks were changed: it never was, or was twice."""
    first, second = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    shown = f"{naive:%H:%M} on {naive.day} {naive:%B %Y}"
    if first.utcoffset() != second.utcoffset():
        if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
            raise Refused(f"{shown} does not exist in {zone}: the clocks went forward.")
        raise Refused(f"{shown} was twice in {zone}: the clocks went back. Write {_offsets(first, second)}.")
    return first.astimezone(UTC)


def _offsets(first: datetime, second: datetime) -> str:
    return f"{first.isoformat()[-6:]} or {second.isoformat()[-6:]}"


def zone_named(word: str) -> ZoneInfo | timezone | None:
    """The zone that `word` names: Z, UTC, +02:00, CEST, Europe/Berlin; None where it is no zone."""
    if word.upper() in AMBIGUOUS_ZONES and word.isupper():
        raise Refused(f"{word} stands for several zones; write UTC or an offset such as +01:00.")
    if word in KNOWN_ZONES or word.upper() in ("Z", "UTC"):
        return timezone(timedelta(minutes=KNOWN_ZONES[word.upper()]))
    if match := re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", word):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 14 * 60 or int(match[3] or 0) > 59:
            raise Refused(f"{word} is no offset from UTC.")
        return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    if re.fullmatch(r"[A-Z][A-Za-z]+(?:/[A-Za-z_+-]+){1,2}", word):
        try:
            return ZoneInfo(word)
        except (KeyError, ValueError, OSError):
            return None
    return None


def in_zone(naive: datetime, zone: tzinfo) -> datetime:
    try:
        if isinstance(zone, ZoneInfo):
            return at_local(naive, zone)
        return naive.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise Refused("Check the year.") from None


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A date and time written out: ISO 8601, with its own zone or in `zone`; or seconds since 1970."""
    text = text.strip()
    if re.fullmatch(r"\d{9,10}(\.\d{1,9})?", text):
        return datetime.fromtimestamp(float(text), UTC)
    words = text.rsplit(" ", 1)
    named = zone_named(words[1]) if len(words) == 2 and not words[1][0].isdigit() else None
    try:
        parsed = datetime.fromisoformat(words[0] if named else text)
    except ValueError:
        raise Refused(
            f"“{text[:40]}” is no date and time; write 2026-03-10 14:32 or 2026-03-10T13:32:00Z."
        ) from None
    if not re.search(r"\d[T ]\d", text):
        raise Refused(f"“{text[:40]}” has no time of day.")
    return in_zone(parsed.replace(tzinfo=None), parsed.tzinfo or named or zone)


def check(at: datetime, text: str, now: datetime) -> None:
    if not text.strip():
        raise Refused("It has a time, and no text.")
    if "\0" in text:
        raise Refused("It holds a character that no text has.")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"It is longer than {LONGEST_TEXT:,} characters.")
    if at < EARLIEST:
        raise Refused("Check the year.")
    if at > now:
        raise Refused("It lies in the future.")


def speaker(text: str, people: Mapping[str, int]) -> tuple[int | None, str]:
    """“Ana: rolled back” → (Ana's id, “rolled back”), where `people` (names in lower case) knows an Ana."""
    match = re.match(r"^[<@]?([^:<>\n]{1,80}?)>?(?:\s[-–]\s|:\s+|>\s+)(.+)$", text, re.S)
    found = people.get(match[1].strip().casefold()) if match else None
    return (found, match[2].strip()) if match and found else (None, text)


def in_order(reading: Reading) -> Reading:
    """By time, at most `MOST_ROWS`, none twice."""
    seen: set[tuple[str, str]] = set()
    rows = []
    for row in sorted(reading.rows, key=lambda row: row.occurred_at):
        if (row.source, row.source_id) not in seen:
            seen.add((row.source, row.source_id))
            rows.append(row)
    if len(rows) > MOST_ROWS:
        raise Refused(
            f"These are {len(rows):,} rows; at most {MOST_ROWS:,} come in at once. Choose a shorter stretch."
        )
    return Reading(rows, sorted(reading.refused, key=lambda refusal: refusal.line))


def names_of(people: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Whom a name means: whole names always, first names where only one person has it."""
    names = {name.casefold(): pk for pk, name in people}
    firsts: dict[str, set[int]] = {}
    for pk, name in people:
        firsts.setdefault(name.split()[0].casefold() if name.split() else "", set()).add(pk)
    return {first: next(iter(pks)) for first, pks in firsts.items() if first and len(pks) == 1} | names
