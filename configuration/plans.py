"""What applying a configuration changes: the difference between what was told before and after."""

from dataclasses import dataclass, field
from typing import Any

from configuration.kinds import KINDS, MESSAGE_TEMPLATES, Kind
from configuration.telling import Told

Rows = dict[Any, Told]
SIGNS = {"added": "+", "changed": "~", "removed": "-"}
LONGEST = 60
HIDDEN = {"url": "address changed", "secret": "secret changed"}
"""Fields whose values are never told, and what is told instead."""


@dataclass(frozen=True)
class FieldChange:
    name: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.name in HIDDEN:
            return HIDDEN[self.name]
        return f"{self.name.replace('_', ' ')} {_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True)
class Change:
    kind: str
    name: str
    action: str
    fields: list[FieldChange]

    def __str__(self) -> str:
        line = f"{SIGNS[self.action]} {KINDS[self.kind].one} {self.name}"
        return f"{line}: {'; '.join(map(str, self.fields))}" if self.action == "changed" else line


@dataclass(frozen=True)
class Kept:
    kind: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"  {KINDS[self.kind].one} {self.name} stays: {self.reason}"


@dataclass
class Plan:
    changes: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def counted(self) -> str:
        if not self.changes:
            return "Nothing changes."
        done = [change.action for change in self.changes]
        return ", ".join(f"{done.count(action)} {action}" for action in SIGNS if action in done) + "."

    def __str__(self) -> str:
        return "\n".join([*map(str, self.changes), *map(str, self.kept), self.counted()])


def name_of(kind: Kind, told: Told) -> str:
    """What a person calls it."""
    if kind.name == MESSAGE_TEMPLATES:
        return f"{told['audience']} {told['stage']}"
    names = (told.get(name) for name in ("slug", "name", "title", "label"))
    name = next((str(name) for name in names if name), "")
    return f"{told[kind.parent]}: {name}" if kind.parent and kind.parent in told else name


def differences(kind: Kind, before: Rows, after: Rows) -> list[Change]:
    found = []
    for pk, now in after.items():
        if pk not in before:
            found.append(Change(kind.name, name_of(kind, now), "added", _fields({}, now)))
        elif fields := _fields(before[pk], now):
            found.append(Change(kind.name, name_of(kind, now), "changed", fields))
    gone = [told for pk, told in before.items() if pk not in after]
    return found + [Change(kind.name, name_of(kind, told), "removed", []) for told in gone]


def _fields(before: Told, after: Told, within: str = "") -> list[FieldChange]:
    """Field by field, also inside of others: `cadences public first_minutes`."""
    found: list[FieldChange] = []
    for name in (*after, *(name for name in before if name not in after)):
        old, new = before.get(name), after.get(name)
        if old == new or (not before and new in (None, "", [], {})):
            continue
        if isinstance(new, dict) and isinstance(old, dict | None):
            found += _fields(old or {}, new, f"{within}{name} ")
        elif name in HIDDEN:
            found.append(FieldChange(name, None, None))
        else:
            found.append(FieldChange(within + name, old, new))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", []):
        return "none"
    text = " ".join((", ".join(value) if isinstance(value, list) else str(value)).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
