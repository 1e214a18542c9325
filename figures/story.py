"""What the swim-lane picture is drawn from, and its clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.utils import timezone

SILENCE = timedelta(minutes=15)
CLOSEST = 8
TELLING = ("milestone", "mitigation", "decision", "alert", "update", "change", "severity", "hypothesis")
PHASES = [  # from, to, class, what the reader is told
    ("I", "S", "latent", "latent"),
    ("S", "D", "detect", "undetected"),
    ("D", "M", "mitigate", "known, impact goes on"),
    ("M", "R", "verify", "mitigated, verifying"),
    ("R", "X", "after", "resolved"),
]
MILESTONES = {"I": "introduced", "S": "impact began", "D": "detected", "M": "mitigated", "R": "resolved"}
BRACKETS = [("MTTR", "S", "R"), ("TTM", "S", "M"), ("TTO", "S", "D"), ("TTA", "D", "A")]


@dataclass(frozen=True)
class Lane:
    key: str
    group: str  # Systems, People or Communication
    name: str


@dataclass(frozen=True)
class Mark:
    at: datetime
    lane: str
    kind: str
    words: str
    known_at: datetime
    is_estimated: bool = False
    is_starred: bool = False


@dataclass(frozen=True)
class Stretch:
    """Time about which something is missing, or was known late."""

    began: datetime
    ended: datetime
    kind: str  # missing or delayed
    words: str


@dataclass(frozen=True)
class Impact:
    lane: str
    began: datetime
    ended: datetime
    state: str
    words: str


@dataclass(frozen=True)
class Story:
    title: str
    lanes: list[Lane]
    marks: list[Mark]
    moments: Mapping[str, datetime]  # letters of the milestones that are known
    stretches: list[Stretch] = field(default_factory=list)
    impacts: list[Impact] = field(default_factory=list)
    known_at: datetime | None = None  # where the slider stands
    zoom: int = 1  # 1, 2, 4 or 8 times as wide as the whole
    part: int = 0  # which part of it, in halves of what is shown

    @property
    def times(self) -> list[datetime]:
        ends = [end for one in self.stretches for end in (one.began, one.ended)]
        spans = [end for one in self.impacts for end in (one.began, one.ended)]
        return sorted({*(mark.at for mark in self.marks), *self.moments.values(), *ends, *spans})

    def is_known(self, mark: Mark) -> bool:
        return self.known_at is None or mark.known_at <= self.known_at


class Clock:
    """Time to a place between `low` and `high` px. Silences over 15 min shrink; `zoom` shows a part of the whole."""

    def __init__(
        self,
        times: Iterable[datetime],
        low: float,
        high: float,
        *,
        shrunk: float = 62,
        zoom: int = 1,
        part: int = 0,
    ):
        told = sorted(set(times))
        if len(told) < 2 or told[-1] == told[0]:
            only = told[0] if told else timezone.now()
            told = [only - timedelta(minutes=5), only + timedelta(minutes=5)]
        whole = (high - low) * zoom
        silences = [(a, b) for a, b in pairwise(told) if b - a > SILENCE]
        silent = sum((b - a for a, b in silences), timedelta())
        loud = (told[-1] - told[0] - silent).total_seconds()
        shrunk = min(shrunk, whole * 0.4 / len(silences)) if silences else 0.0
        if not loud:
            shrunk = whole / len(silences)
        pace = (whole - shrunk * len(silences)) / loud if loud else 0.0
        shift = (high - low) * part / 2
        place, at = low - shift, told[0]
        self.points = [(at, place)]
        for a, b in silences:
            place += (a - at).total_seconds() * pace
            self.points += [(a, place), (b, place + shrunk)]
            place, at = place + shrunk, b
        self.points.append((told[-1], place + (told[-1] - at).total_seconds() * pace))
        # A silence that the pace would draw no wider is no break.
        self.silences = [
            (a, b) for a, b in silences if (b - a).total_seconds() * pace > shrunk * 1.2 or not pace
        ]
        self.low, self.high = low, high

    def __call__(self, at: datetime) -> float:
        if at <= self.points[0][0]:
            return self.points[0][1]
        for (a, x), (b, y) in pairwise(self.points):
            if at <= b:
                return x + (y - x) * ((at - a) / (b - a)) if b > a else y
        return self.points[-1][1]

    def clip(self, at: datetime) -> float:
        return min(max(self(at), self.low), self.high)

    def shows(self, at: datetime) -> bool:
        return self.low - 0.5 <= self(at) <= self.high + 0.5

    def when(self, place: float) -> datetime:
        """The inverse, at the edges of what is shown."""
        for (a, x), (b, y) in pairwise(self.points):
            if place <= y and y > x:
                return a + (b - a) * ((max(place, x) - x) / (y - x))
        return self.points[-1][0]

    @property
    def scale(self) -> str:
        """The points a script moves the slider's line by: seconds since 1970, and where that is."""
        return " ".join(f"{at.timestamp():.0f}:{x:.1f}" for at, x in self.points)


def most_telling(marks: Iterable[Mark]) -> list[Mark]:
    """What is starred first, then what says most by its kind, then by time."""
    rank = {kind: place for place, kind in enumerate(TELLING)}
    return sorted(marks, key=lambda m: (not m.is_starred, rank.get(m.kind, len(rank)), m.at))


def parts_of(zoom: int) -> int:
    """How many steps of half a picture there are at this zoom."""
    return 2 * (zoom - 1) + 1


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def in_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M}Z"
