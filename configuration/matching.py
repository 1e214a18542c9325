"""Which record an entry stands for."""

from collections import defaultdict
from typing import Any

from configuration.collecting import fits, key
from configuration.entries import Entry
from configuration.kinds import Kind
from configuration.telling import Told

Row = tuple[Any, Told]


def match(kind: Kind, entries: list[Entry], rows: list[Row]) -> set[Any]:
    """Set `record` and `told` of entries that are there already; returns the keys of these records.

    First by the exact names of all entries; what is left then by a looser name, where only one record has it.
    """
    claimed: set[Any] = set()
    for turn, names in enumerate(kind.keys):
        by_key: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            by_key[tuple(row[1].get(name) for name in names)].append(row)
        for entry in entries:
            if entry.record is not None or not _may(kind, entry, names):
                continue
            free = [row for row in by_key[key(kind, entry, names)] if row[0].pk not in claimed]
            if free and (turn == 0 or len(free) == 1):
                entry.record, entry.told = free[0]
                claimed.add(entry.record.pk)
    return claimed


def _may(kind: Kind, entry: Entry, names: tuple[str, ...]) -> bool:
    """A slug decides: where one is said, the name says only what the record is to be called."""
    return fits(kind, entry, names) and not (names == ("name",) and "slug" in entry.said)
