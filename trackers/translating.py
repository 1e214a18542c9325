"""What a tracker's states, people and priorities mean here, and the other way round. Plain values only.

A value here is a text: the title; open, in_progress, done or wont_do; the primary key of a person; an ISO day; P1 to
P4. "" is none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.text import shorten
from trackers.face import Choice, Field

STATES = ("open", "in_progress", "done", "wont_do")
PRIORITIES = ("P1", "P2", "P3", "P4")
LONGEST_TITLE = 200
NOT_DONE = (
    "reject",
    "won't",
    "won’t",
    "wont",
    "duplicate",
    "invalid",
    "cancel",
    "declined",
    "abandon",
    "not planned",
)
STARTED = ("progress", "review", "feedback", "doing", "started", "resolved", "test")
"""Words in the name of a state, where a tracker says only whether it is closed."""
USUAL = ("medium", "normal", "major")
"""Names of the priority that tickets usually have."""


@dataclass(frozen=True)
class Table:
    """`means`: what stands for which value here; `sets`: what is set there for a value here."""

    means: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)

    def read(self, raw: str, ours: str) -> str | None:
        """What it means here; where it can mean several, and `ours` is one of them, that. None: nothing is known."""
        return ours if raw and self.sets.get(ours) == raw else self.means.get(raw)

    def write(self, value: str) -> str | None:
        """What to set there; None where nothing is chosen for that value."""
        return self.sets.get(value)


@dataclass(frozen=True)
class Tables:
    states: Table = field(default_factory=Table)
    priorities: Table = field(default_factory=Table)
    people: Table = field(default_factory=Table)

    def read(self, name: Field, raw: str, ours: str) -> str | None:
        """What the raw value of a field means here. None where nothing is known, so that it is left alone."""
        if name == Field.TITLE:
            return shorten(" ".join(raw.split()), LONGEST_TITLE)
        if name == Field.DUE:
            return _day(raw)
        if name == Field.OWNER and not raw:
            return ""
        return self._of(name).read(raw, ours)

    def write(self, name: Field, value: str) -> str | None:
        """What to set there. None where it has no counterpart, so that it is left alone."""
        if name in (Field.TITLE, Field.DUE):
            return value
        if name == Field.OWNER and not value:
            return ""
        return self._of(name).write(value)

    def _of(self, name: Field) -> Table:
        return {
            Field.STATE: self.states,
            Field.PRIORITY: self.priorities,
            Field.OWNER: self.people,
        }[name]


def _day(raw: str) -> str:
    """As we write it; what is no day stays, and is refused where it is to be set."""
    try:
        return date.fromisoformat(raw).isoformat() if raw else ""
    except ValueError:
        return raw[:LONGEST_TITLE]


def proposed_states(states: Iterable[Choice]) -> Table:
    """What states most likely mean: as their tracker says, else by their names. The first of each is the one set."""
    means = {state.pk: _category(state) for state in states}
    sets: dict[str, str] = {}
    for pk, category in means.items():
        sets.setdefault(category, pk)
    for missing, instead in (
        ("in_progress", "open"),
        ("open", "in_progress"),
        ("wont_do", "done"),
        ("done", "wont_do"),
    ):
        if missing not in sets and instead in sets:
            sets[missing] = sets[instead]
    return Table(means, sets)


def _category(state: Choice) -> str:
    """`category` may be “closed” where a tracker knows no more than that."""
    name = state.name.lower()
    if state.category in ("closed", "done") and any(word in name for word in NOT_DONE):
        return "wont_do"
    if state.category == "closed":
        return "done"
    if state.category in STATES:
        return state.category
    return "in_progress" if any(word in name for word in STARTED) else "open"


def proposed_priorities(priorities: Iterable[Choice]) -> Table:
    """Around the usual one, which is P3; else spread over P1 to P4 in their order, the most urgent first."""
    rows = list(priorities)
    if not rows:
        return Table()
    usual = next((place for place, row in enumerate(rows) if row.name.lower() in USUAL), None)
    means = {row.pk: PRIORITIES[_place(place, usual, len(rows))] for place, row in enumerate(rows)}
    sets: dict[str, str] = {}
    for row in rows:
        sets.setdefault(means[row.pk], row.pk)
    for place, priority in enumerate(PRIORITIES):
        if priority not in sets:
            sets[priority] = rows[min(place, len(rows) - 1)].pk
    return Table(means, sets)


def _place(place: int, usual: int | None, count: int) -> int:
    """0 for P1 to 3 for P4."""
    return min(place * 4 // count, 3) if usual is None else min(max(2 + place - usual, 0), 3)
