"""A row on its way in, a row refused, and the reading of times that all sources share."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.local_time import UnclearTimeError
from core.text import visible
from core.written_time import written_moment

MOST_ROWS = 1000
MOST_READ = 5 * MOST_ROWS  # lines, those refused included
LONGEST_TEXT = 2_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


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


LISTED = 200  # of what was left out; all of it is counted


@dataclass
class Reading:
    """What was read. `left_out` is what is no row although nothing is wrong with it, with the reason."""

    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    left_out_count: int = 0

    def leave_out(self, line: int, text: str, reason: str) -> None:
        self.left_out_count += 1
        if len(self.left_out) < LISTED:
            self.left_out.append(Refusal(line, visible(text.strip()[:200]), reason))

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


def moment(text: str, zone: ZoneInfo, order: str = "") -> datetime:
    """A date and time written out, with its own zone or in `zone`; see `written_moment`."""
    try:
        return written_moment(text, zone=zone, order=order)
    except UnclearTimeError as unclear:
        raise Refused(str(unclear)) from None


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
        raise Refused("It is in the future.")


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
        else:
            reading.leave_out(0, row.text, "The same row is there twice.")
    if len(rows) > MOST_ROWS:
        raise Refused(
            f"These are {len(rows):,} rows. At most {MOST_ROWS:,} can be imported at once. Choose a shorter period."
        )
    refused = sorted(reading.refused, key=lambda refusal: refusal.line)
    return Reading(rows, refused, reading.left_out, reading.left_out_count)


def names_of(people: Sequence[tuple[int, str]]) -> dict[str, int]:
    """Whom a name means: whole names always, first names where only one person has it."""
    names = {name.casefold(): pk for pk, name in people}
    firsts: dict[str, set[int]] = {}
    for pk, name in people:
        firsts.setdefault(name.split()[0].casefold() if name.split() else "", set()).add(pk)
    return {first: next(iter(pks)) for first, pks in firsts.items() if first and len(pks) == 1} | names
