"""From documents to entries by kind; what is no entry of any kind is a mistake."""

from collections.abc import Iterable
from typing import Any

from configuration.entries import Document, Entry, Mistake, Path
from configuration.kinds import (
    CHOICES,
    COMPONENTS,
    DEFAULTS,
    GROUPS,
    KINDS,
    MAY_BE_MISSING,
    STATUS_PAGES,
    TOP,
    Kind,
)

Entries = dict[str, list[Entry]]


def collect(documents: Iterable[Document]) -> tuple[Entries, set[str], list[Mistake]]:
    """Entries by kind; the kinds that are named at all; what is wrong."""
    entries: Entries = {name: [] for name in KINDS}
    named: set[str] = set()
    mistakes: list[Mistake] = []
    for document in documents:
        if not isinstance(document.said, dict):
            mistakes.append(document.mistake((), "Begin with the name of a kind, such as “services:”."))
            continue
        for name, rows in document.said.items():
            if name not in TOP:
                known = ", ".join(TOP)
                mistakes.append(document.mistake((name,), f"There is no kind “{name}”. There are {known}."))
                continue
            named.add(name)
            _add_all(entries, document, name, rows, (name,), None, mistakes)
    return entries, named, mistakes


def _add_all(
    entries: Entries,
    document: Document,
    kind: str,
    rows: Any,
    at: Path,
    parent: Entry | None,
    mistakes: list[Mistake],
) -> None:
    if not isinstance(rows, list):
        if rows is not None:
            mistakes.append(document.mistake(at, "Write a list: one entry after each “-”.", str(at[-1])))
        return
    for place, said in enumerate(rows):
        if not isinstance(said, dict):
            mistakes.append(document.mistake((*at, place), "Write an entry of fields, such as “name: …”."))
            continue
        entry = Entry(kind, dict(said), (*at, place), document.file, document.lines, parent)
        entries[kind].append(entry)
        if kind == STATUS_PAGES:
            for part in (GROUPS, COMPONENTS):
                if part in said:
                    where = (*entry.at, part)
                    _add_all(entries, document, part, entry.said.pop(part), where, entry, mistakes)
                    entry.parts.add(part)


def check(kind: Kind, entry: Entry) -> list[Mistake]:
    """Whether it says by what it is recognised."""
    mistakes = []
    for name in {name for names in kind.keys for name in names if name in entry.said}:
        if sentence := _wrong(kind, name, entry.said[name]):
            mistakes.append(entry.mistake((name,), sentence))
    if not mistakes and names_known(kind, entry) is None:
        ways = [" and ".join(n for n in names if n in kind.needed - {kind.parent}) for names in kind.keys]
        mistakes.append(entry.mistake((), f"Say its {' or '.join(dict.fromkeys(ways))}."))
    return mistakes


def unknown_fields(kind: Kind, entry: Entry) -> list[Mistake]:
    """Take away fields that do not exist, so that the others are checked as well."""
    unknown = [name for name in entry.said if name not in (*kind.fields, kind.parent)]
    for name in unknown:
        del entry.said[name]
    there = ", ".join(sorted(name for name in (*kind.fields, kind.parent) if name))
    return [entry.mistake((name,), f"There is no such field. There are {there}.") for name in unknown]


def _wrong(kind: Kind, name: str, value: Any) -> str:
    """What is wrong with a value by which an entry is recognised, in a sentence; "" for nothing."""
    if name == "rank":
        return "" if isinstance(value, int) and not isinstance(value, bool) else "Write a whole number."
    if value is None and name in MAY_BE_MISSING:
        return ""
    if not isinstance(value, str) or "\0" in value or not value.strip():
        return "Write a text here, in quotes where it looks like a number."
    choices = CHOICES.get(kind.name, {}).get(name)
    return f"“{value}” is not one of {', '.join(choices)}." if choices and value not in choices else ""


def names_known(kind: Kind, entry: Entry) -> tuple[str, ...] | None:
    """The first names by which it can be recognised."""
    return next((names for names in kind.keys if fits(kind, entry, names)), None)


def fits(kind: Kind, entry: Entry, names: tuple[str, ...]) -> bool:
    return all(name in entry.said for name in names if name in kind.needed)


def key(kind: Kind, entry: Entry, names: tuple[str, ...]) -> tuple[Any, ...]:
    said = DEFAULTS.get(kind.name, {}) | entry.said
    return tuple(said.get(name) for name in names)


def repeated(kind: Kind, entries: list[Entry]) -> list[Mistake]:
    """Entries that were already said."""
    seen: dict[Any, Entry] = {}
    mistakes = []
    for entry in entries:
        names = names_known(kind, entry)
        if names is None:
            continue
        first = seen.setdefault((names, key(kind, entry, names)), entry)
        if first is not entry:
            entry.has_failed = True
            mistakes.append(entry.mistake((), f"This {kind.one} is here twice: also at {first.where}."))
    return mistakes
