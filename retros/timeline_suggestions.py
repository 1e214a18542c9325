"""What is suggested for a timeline: rows that say the same, and changes that could have introduced the problem."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from retros.imports.records import changes_around
from retros.imports.rows import Row
from retros.timeline import RetrospectiveTimeline
from timeline.models import Kind

CLOSE = timedelta(minutes=5)
COMPARED = 20  # rows that follow one; more within five minutes are a log
READ = 1000  # characters of a row; what is longer was pasted
ALIKE = 0.6  # the share of their words that two rows have in common
SHORT_BEFORE = timedelta(hours=2)
OFFERED = 3
DIGIT = re.compile(r"\d")
# The application writes these about clicks. They read alike and are not the same.
NOTED = frozenset({
    Kind.STATUS, Kind.SEVERITY, Kind.ROLE, Kind.SERVICE, Kind.TASK, Kind.CHECK, Kind.FACT, Kind.GAP,
})  # fmt: skip


@dataclass(frozen=True)
class Duplicates:
    """Rows that could be one; `key` names them for whoever says that they are not."""

    key: str
    rows: list[Any]


@dataclass(frozen=True)
class Introducing:
    """A row of the timeline, or a change that is not in it yet, from shortly before the impact."""

    key: str
    at: datetime
    text: str
    before: timedelta
    entry: Any = None
    change: Row | None = None


def duplicates_in(timeline: RetrospectiveTimeline) -> list[Duplicates]:
    """Rows within five minutes that say the same, first ones first, without those that were told apart."""
    rows = [row for row in timeline.facts if not row.is_recollection and row.kind not in NOTED]
    words = [_Words.of(row.text) for row in rows]
    taken: set[int] = set()
    found = []
    for place, row in enumerate(rows):
        alike = [
            other
            for other in _close_after(rows, place)
            if other not in taken and place not in taken and _same(words[place], words[other])
        ]
        if alike and _at_most_one_mark([row, *(rows[other] for other in alike)]):
            taken.update(alike)
            group = [row, *(rows[other] for other in alike)]
            key = "same:" + "-".join(str(one.pk) for one in group)
            found.append(Duplicates(key, group))
    return [one for one in found if one.key not in timeline.retrospective.dismissed]


def introducing_in(timeline: RetrospectiveTimeline, reader: User) -> list[Introducing]:
    """The last changes of the two hours before the impact, where nothing is marked as introduced yet.

    One query, which asks for changes that `reader` can see and that are not rows yet.
    """
    times = timeline.times
    if "S" not in times or "I" in times or "introduced" in timeline.retrospective.dismissed:
        return []
    began = times["S"]
    found = [
        Introducing(f"row:{row.pk}", row.occurred_at, row.text, began - row.occurred_at, entry=row)
        for row in timeline.facts
        if row.kind == Kind.CHANGE and not row.phase and began - SHORT_BEFORE <= row.occurred_at <= began
    ]
    there = {row.source_id for row in timeline.everything if row.source == "change"}
    for change in changes_around(timeline.retrospective, since=began, until=began, by=reader).rows:
        if change.source_id not in there and change.occurred_at <= began:
            key = f"change:{change.source_id}"
            found.append(
                Introducing(key, change.occurred_at, change.text, began - change.occurred_at, change=change)
            )
    return sorted(found, key=lambda one: one.at, reverse=True)[:OFFERED]


def _close_after(rows: Sequence[Any], place: int) -> Iterable[int]:
    for other in range(place + 1, min(place + 1 + COMPARED, len(rows))):
        if rows[other].occurred_at - rows[place].occurred_at > CLOSE:
            return
        yield other


@dataclass(frozen=True)
class _Words:
    """What a row says, as far as it is compared: all of its words, and those of them with a digit."""

    all: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Words":
        found = frozenset(re.findall(r"\w+", text[:READ].casefold()))
        return cls(found, frozenset(filter(DIGIT.search, found)))


def _same(one: _Words, other: _Words) -> bool:
    """Most words in common, and no number that only one of them has beside another number."""
    shorter, longer = sorted((len(one.all), len(other.all)))
    if not shorter or shorter < ALIKE * longer:
        return False
    if not (one.numbers <= other.numbers or other.numbers <= one.numbers):
        return False
    common = len(one.all & other.all)
    return one.all == other.all or (common > 1 and common / (shorter + longer - common) >= ALIKE)


def _at_most_one_mark(rows: Iterable[Any]) -> bool:
    return sum(bool(row.phase or row.milestone) for row in rows) <= 1
