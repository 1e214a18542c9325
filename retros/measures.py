"""The times between the milestones, with the formula each is computed by. A missing time is never guessed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LETTERS = {
    "introduced_at": "I",
    "impact_started_at": "S",
    "detected_at": "D",
    "declared_at": "C",
    "acknowledged_at": "A",
    "mitigated_at": "M",
    "impact_ended_at": "E",
    "resolved_at": "R",
    "closed_at": "X",
}
CALLED = {
    "I": "introduced", "S": "impact began", "D": "detected", "C": "declared", "A": "acknowledged", "M": "mitigated",
    "E": "impact ended", "R": "resolved", "X": "closed",
}  # fmt: skip
Moments = Mapping[str, datetime | None]


@dataclass(frozen=True)
class Measure:
    name: str
    formula: str
    value: timedelta | None
    missing: str = ""  # which times are not known
    note: str = ""


def measures(moments: Moments) -> list[Measure]:
    """Every time between milestones, in the order a reader asks for them. `moments` maps letters to instants."""
    end = "E" if moments.get("E") else "M"
    found = [
        _between("TTO (time to detection)", moments, "D", "S"),
        _between("Latent before impact", moments, "S", "I"),
        _between("Time to declare", moments, "C", "D"),
        _between("TTA (time to acknowledge)", moments, "A", "D"),
        _between("TTM (time to mitigate)", moments, "M", "S"),
        _between("Time to repair", moments, end, "D"),
        _between("MTTR (time to resolve)", moments, "R", "S"),
    ]
    declared, mitigated = moments.get("C"), moments.get("M")
    if declared and mitigated and declared > mitigated:
        found[2] = Measure(
            "Time to declare", "C − D", None, note="declared after it was mitigated, so not counted"
        )
    return found


def recovery(moments: Moments, deployed_at: datetime | None) -> list[Measure]:
    """DORA's recovery time, where a deployment is linked as the cause; else nothing."""
    end = "M" if moments.get("M") else "R"
    until = moments.get(end)
    if deployed_at is None or until is None:
        return []
    note = "from the suspected deployment"
    return [Measure("DORA recovery", f"{end} − deployed", until - deployed_at, note=note)]


HEADLINES = ("TTO", "Latent", "TTA", "TTM", "MTTR")


def headlines(found: Iterable[Measure]) -> list[Measure]:
    return [one for one in found if one.name.startswith(HEADLINES)]


def _between(name: str, moments: Moments, later: str, earlier: str) -> Measure:
    a, b = moments.get(later), moments.get(earlier)
    if a and b:
        note = "before impact began" if name.startswith("TTO") and a < b else ""
        return Measure(name, f"{later} − {earlier}", a - b, note=note)
    missing = " and ".join(CALLED[letter] for letter in (earlier, later) if not moments.get(letter))
    return Measure(name, f"{later} − {earlier}", None, missing=f"{missing} not known")


@dataclass(frozen=True)
class Interval:
    service: str
    impact: str
    began: datetime
    ended: datetime  # now, while it goes on
    users: int | None = None
    share: float | None = None  # in per cent
    service_id: int = 0

    @property
    def length(self) -> timedelta:
        return self.ended - self.began


def union(intervals: Iterable[Interval]) -> timedelta:
    """How long at least one of them ran: time that several share counts once."""
    whole, reached = timedelta(), None
    for began, ended in sorted((one.began, one.ended) for one in intervals):
        start = began if reached is None else max(began, reached)
        if ended > start:
            whole += ended - start
        reached = ended if reached is None else max(reached, ended)
    return whole


def user_minutes(intervals: Iterable[Interval]) -> tuple[float | None, list[str]]:
    """Σ share × users × minutes over what is known; and the services whose users or share nobody has stated."""
    total, unknown, counted = 0.0, set(), False
    for one in intervals:
        if one.users is None or one.share is None:
            unknown.add(one.service)
            continue
        counted = True
        total += one.share / 100 * one.users * (one.ended - one.began).total_seconds() / 60
    return (total if counted else None), sorted(unknown)
