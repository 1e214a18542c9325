"""What a configuration says: entries by kind, where each of their values is written, and what is wrong with them."""

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value inside an entry: `("cadences", "public", "first_minutes")`."""


@dataclass(frozen=True)
class Mistake:
    """Why nothing is applied, and where it is written: file and line, or the place in what was sent."""

    where: str
    field: str
    sentence: str
    at: Path = ()

    @property
    def place(self) -> tuple[str, int]:
        file, _colon, line = self.where.partition(":")
        return file, int(line) if line.isdigit() else 0

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.field, self.sentence) if part)


class Mistaken(Exception):  # noqa: N818 - told to a person, all at once
    def __init__(self, mistakes: list[Mistake]):
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(eq=False)
class Entry:
    """One entry as it is written. `record` is what it stands for, once that is found or added."""

    kind: str
    said: dict[str, Any]
    at: Path  # from the root of its document
    file: str = ""
    lines: dict[Path, int] = field(default_factory=dict)
    parent: "Entry | None" = None
    record: Any = None
    told: dict[str, Any] = field(default_factory=dict)  # what the record says now
    has_failed: bool = False
    parts: set[str] = field(default_factory=set)  # the kinds of parts that it says
    wanted: dict[str, Any] = field(default_factory=dict)  # what it says, as it was understood

    @property
    def where(self) -> str:
        return self.mistake((), "").where

    def mistake(self, path: Path, sentence: str) -> Mistake:
        return mistake_at(self.file, self.lines, (*self.at, *path), ".".join(map(str, path)), sentence)


def mistake_at(file: str, lines: dict[Path, int], at: Path, name: str, sentence: str) -> Mistake:
    """At the line of the value, or of the nearest one around it that has a line."""
    near = at
    while near and near not in lines:
        near = near[:-1]
    where = f"{file}:{lines.get(near, 1)}" if file else "/" + "/".join(map(str, at))
    return Mistake(where, name, sentence, at)


@dataclass
class Document:
    """What one file says, or what was sent."""

    said: Any
    file: str = ""
    lines: dict[Path, int] = field(default_factory=dict)

    def mistake(self, at: Path, sentence: str, name: str = "") -> Mistake:
        return mistake_at(self.file, self.lines, at, name, sentence)
