"""What the pages of an incident show of its signals (settings.INCIDENT_HOOKS)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from incidents.models import Incident
from signals.models import Expectation, Look, RangeKind, Signal, SignalCheck, UsualRange
from signals.progress import Progress, progress_of
from signals.samples import Band, Bands, read_bands, read_samples, written
from signals.sources.values import Points
from signals.standing import Told, standing_of
from signals.window import is_running
from signals.workflow.expecting import words_of
from signals.workflow.looking import note_look
from signals.workflow.watching import BEFORE

SHOWN = 8


@dataclass(frozen=True)
class ExpectedOf:
    """What a hypothesis predicts or a mitigation is expected to do, in words, and what was observed."""

    words: str
    observed: str
    state: str
    state_words: str


@dataclass(frozen=True)
class SignalsOfIncident:
    shown: list[tuple[Signal, Told]] = field(default_factory=list)
    more: int = 0
    of_hypotheses: dict[int, ExpectedOf] = field(default_factory=dict)
    of_mitigations: dict[int, ExpectedOf] = field(default_factory=dict)


def has_signals(incident: OuterRef) -> Exists:
    """Whether a service that it affects, or affected, has signals."""
    return Exists(Signal.objects.filter(service__impacts__incident=incident))


def signals_of(incident: Incident) -> SignalsOfIncident:
    """The last stored values of those of its services. Two queries.

    Whoever asks looks at them: so they are refreshed from now on, while the incident is open.
    """
    usual = UsualRange.objects.filter(signal=OuterRef("pk")).exclude(low=None).order_by("-hour")
    looked = Look.objects.filter(incident=incident).values("looked_at")
    found: Any = list(
        Signal.objects.of_incident(incident).annotate(
            usual_low=Subquery(usual.values("low")[:1]),
            usual_high=Subquery(usual.values("high")[:1]),
            looked_at=Subquery(looked),
        )
    )
    if not found:
        return SignalsOfIncident()
    now = timezone.now()
    note_look(incident, found[0].looked_at, now=now)
    shown = [(signal, _told(signal, incident, now)) for signal in found[:SHOWN]]
    told = expectations_of(incident)
    return SignalsOfIncident(
        shown,
        max(len(found) - SHOWN, 0),
        {one.hypothesis_id: words for one, words in told if one.hypothesis_id},
        {one.mitigation_id: words for one, words in told if one.mitigation_id},
    )


def _told(signal: Any, incident: Incident, now: datetime) -> Told:
    last = (signal.last_at.timestamp(), signal.last_value) if signal.last_at else None
    bands = []
    if last and signal.range_kind == RangeKind.FIXED:
        bands = [Band(last[0], last[0], signal.low, signal.high)]
    elif last and signal.range_kind == RangeKind.USUAL and signal.usual_low is not None:
        bands = [Band(last[0], last[0], signal.usual_low, signal.usual_high)]
    return standing_of(signal, bands, last, now, is_over=not is_running(incident))


def expectations_of(incident: Incident) -> list[tuple[Expectation, ExpectedOf]]:
    rows = Expectation.objects.filter(incident=incident).order_by("pk")
    rows = rows.select_related("signal", "tested_by", "hypothesis", "mitigation")
    return [
        (one, ExpectedOf(words_of(one), _observed(one), one.state, one.get_state_display())) for one in rows
    ]


def _observed(one: Expectation) -> str:
    """38% → 0.4% at 04:02; empty while it waits."""
    if one.observed_at is None:
        return ""
    value = written(one.observed_value, one.signal.unit)
    before = f"{written(one.value_before, one.signal.unit)} → " if one.value_before is not None else ""
    return f"{before}{value} at {timezone.localtime(one.observed_at):%H:%M}"


@dataclass(frozen=True)
class RunningCheck:
    """A recovery check that a signal answers; while it runs, with how far it is and what that is read from."""

    row: SignalCheck
    progress: Progress
    points: Points
    bands: Bands


@dataclass(frozen=True)
class ChecksOfIncident:
    """`by_check`: by the primary key of the recovery check; `can_run`: whether there are signals that can answer one."""

    by_check: dict[int, RunningCheck]
    can_run: bool


def signal_checks_of(incident: Incident) -> ChecksOfIncident:
    """One query where there are no signals, else at most four."""
    can_run = Signal.objects.of_incident(incident).exclude(range_kind=RangeKind.NONE).exists()
    return ChecksOfIncident(checks_of(incident) if can_run else {}, can_run)


def checks_of(incident: Incident) -> dict[int, RunningCheck]:
    """By the primary key of the recovery check. At most three queries."""
    rows = SignalCheck.objects.filter(check_row__incident=incident).order_by("check_row__order", "pk")
    found = list(rows.select_related("check_row", "signal__service", "signal__source", "proof"))
    begun = [since for row in found if row.is_running and (since := row.check_row.watching_since)]
    if not begun:
        return {row.check_row_id: RunningCheck(row, Progress(), {}, []) for row in found}
    now, signals = timezone.now(), {row.signal_id: row.signal for row in found}.values()
    times = (min(begun) - BEFORE, now)
    samples, bands = read_samples(signals, *times), read_bands(signals, *times)
    return {row.check_row_id: _running(row, samples, bands, now) for row in found}


def _running(
    row: SignalCheck, samples: dict[int, Points], bands: dict[int, list[Band]], now: datetime
) -> RunningCheck:
    since = row.check_row.watching_since
    points, normal = samples.get(row.signal_id, {}), bands.get(row.signal_id, [])
    if not row.is_running or since is None:
        return RunningCheck(row, Progress(), {}, [])
    first = (since - BEFORE).timestamp()
    seen = {second: value for second, value in points.items() if second >= first}
    return RunningCheck(row, progress_of(points, normal, since, now), seen, normal)
