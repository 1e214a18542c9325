"""What the formats share: the words for statuses and degrees, and what every incident must hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from history.entry import Entry, Past, PastUpdate, Refused
from history.text_cleaning import line
from incidents.models import ServiceImpact, Status

# The file's word → the rank of the severity it becomes; an import may choose others.
RANKS = {
    "critical": 1, "major": 2, "minor": 3, "none": 4,
    "p1": 1, "p2": 2, "p3": 3, "p4": 4, "p5": 5,
    "sev1": 1, "sev2": 2, "sev3": 3, "sev4": 4, "sev5": 5,
    "high": 2, "medium": 3, "low": 4,
}  # fmt: skip
STATUSES = {
    "investigating": Status.INVESTIGATING,
    "triggered": Status.INVESTIGATING,
    "open": Status.INVESTIGATING,
    "acknowledged": Status.INVESTIGATING,
    "identified": Status.FIXING,
    "fixing": Status.FIXING,
    "monitoring": Status.MITIGATED,
    "mitigated": Status.MITIGATED,
    "resolved": Status.CLOSED,
    "postmortem": Status.CLOSED,
    "closed": Status.CLOSED,
    "completed": Status.CLOSED,
}
DEGREES = {
    "critical": ServiceImpact.MAJOR_OUTAGE,
    "major": ServiceImpact.PARTIAL_OUTAGE,
    "major_outage": ServiceImpact.MAJOR_OUTAGE,
    "partial_outage": ServiceImpact.PARTIAL_OUTAGE,
}


@dataclass(frozen=True)
class Options:
    """How this file is read, as the person chose."""

    zone: str = ""  # for times without one; empty refuses them
    order: str = ""  # of day, month and year in dates such as 03/04/2024; empty refuses those
    columns: dict[str, str] = field(default_factory=dict)  # our field → the file's column


@dataclass(frozen=True)
class Format:
    key: str
    label: str
    about: str
    read: Callable[[BinaryIO], Iterator[tuple[int, Any]]]
    entry: Callable[[Any, Options], Entry]
    place: str  # how an entry is counted in reports: line, entry


def degree(name: Any, *, otherwise: str = "") -> ServiceImpact:
    word = str(name or "").lower()
    return DEGREES.get(word) or DEGREES.get(otherwise.lower()) or ServiceImpact.DEGRADED


def checked(past: Past) -> Past:
    """The entry as it is imported; Refused where its times contradict each other."""
    if not past.title:
        raise Refused("it has no title")
    _in_order(past, "impact_started_at", "mitigated_at", "the impact is mitigated before it begins")
    _in_order(past, "impact_started_at", "resolved_at", "it is resolved before it begins")
    _in_order(past, "mitigated_at", "resolved_at", "it is resolved before it is mitigated")
    past.degree = line(past.degree, limit=40)
    past.words.sort(key=lambda word: word.at)  # stable: what was said in the same second keeps its order
    if past.resolved_at is None and past.status == Status.CLOSED:
        past.resolved_at = next((w.at for w in past.words if w.status == Status.CLOSED), None)
    if past.resolved_at is None and past.status == Status.CLOSED:
        raise Refused("it is resolved, but the file does not say when")
    if past.resolved_at is not None:
        past.status = Status.CLOSED
    if past.declared_at is None and past.words and past.words[0].at >= past.impact_started_at:
        past.declared_at = past.words[0].at
        past.estimated += ("declared_at",)
    for name in ("declared_at", "acknowledged_at"):  # who edits the incident later would be refused
        moment = getattr(past, name)
        if moment and moment < past.impact_started_at:
            setattr(past, name, None)
    seen: dict[str, tuple[str, str]] = {}
    for name, impact in past.services:
        seen.setdefault(name.casefold(), (name, impact))
    past.services = [pair for key, pair in seen.items() if key]
    return past


def _in_order(past: Past, first: str, second: str, told: str) -> None:
    earlier, later = getattr(past, first), getattr(past, second)
    if earlier and later and earlier > later:
        raise Refused(f"{told} ({later:%Y-%m-%d %H:%M:%S} UTC is before {earlier:%Y-%m-%d %H:%M:%S} UTC)")


def mitigated_by(words: list[PastUpdate]) -> datetime | None:
    """When it was said for the last time that the impact is over and recovery is watched."""
    since = None
    for word in sorted(words, key=lambda w: w.at):
        if word.status == Status.MITIGATED:
            since = since or word.at
        elif word.status in (Status.INVESTIGATING, Status.FIXING):
            since = None
    return since


def required(value: datetime | None, name: str) -> datetime:
    if value is None:
        raise Refused(f"it has no {name}")
    return value


def mapping(raw: Any) -> dict:
    if not isinstance(raw, dict):
        raise Refused("it is not an object")
    return raw
