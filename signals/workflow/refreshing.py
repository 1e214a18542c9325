"""Fetching what the charts of open incidents lack. Each source has its own thread, and fails by itself."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.notify import notify_incident
from incidents.models import Incident
from signals.models import HOUR, MINUTE, MOST_SHOWN, DataSource, Look, RangeKind, Signal, UsualRange
from signals.samples import WEEKS, hours_within, keep_samples, usual_range
from signals.sources.dialects import fetch
from signals.sources.values import Points, SilentError, UnreadableError
from signals.window import is_running, window_of
from signals.workflow.expecting import settle_expectations, waits_for_effect
from signals.workflow.watching import has_running_checks, run_checks

SOURCES_AT_ONCE = 6
A_TURN = 20.0  # seconds of one source; the rest of its signals are fetched the next time
OVERLAP = 3 * MINUTE  # the newest samples may still change
FRESH = timedelta(seconds=40)
INCIDENTS_AT_ONCE = 50


@dataclass
class Order:
    """What is to be fetched of one signal."""

    signal: Signal
    start: datetime
    end: datetime
    hours: list[datetime] = field(default_factory=list)  # whose usual range is not known yet


@dataclass
class Filled:
    order: Order
    points: Points | None = None
    usual: dict[datetime, tuple[float, float] | None] = field(default_factory=dict)
    problem: str = ""


@dataclass
class Outcome:
    """How one source did. `silence` says why it did not answer."""

    source: DataSource
    filled: list[Filled]
    silence: str = ""


def refresh_due_signals(now: datetime | None = None) -> bool:
    """Refresh all incidents whose minute has come; False where there were none."""
    now = now or timezone.now()
    incidents = _claim(now)
    if not incidents:
        return False
    for outcome in _fetch_all(_orders(incidents, now)):
        _store(outcome, timezone.now())
        for incident in incidents:
            notify_incident(incident_id=incident.pk, what="signals")
    for incident in incidents:
        run_checks(incident, now)
        settle_expectations(incident, now)
        notify_incident(incident_id=incident.pk, what="signals")
        _reschedule(incident, now)
    return True


@transaction.atomic
def _claim(now: datetime) -> list[Incident]:
    """The incidents whose minute has come, held until the next one: no other worker takes them meanwhile."""
    due = Look.objects.filter(refresh_at__lte=now).select_related("incident__severity").order_by("refresh_at")
    looks = list(due.select_for_update(skip_locked=True, of=("self",))[:INCIDENTS_AT_ONCE])
    Look.objects.filter(pk__in=[look.pk for look in looks]).update(refresh_at=now + Look.EVERY)
    return [look.incident for look in looks]


def _reschedule(incident: Incident, now: datetime) -> None:
    """Nothing more where the incident is over, or where nobody looks and nothing waits for a value."""
    incident.refresh_from_db(fields=["status"])
    rows = Look.objects.filter(incident=incident)
    if not is_running(incident):
        rows.delete()
    elif not (has_running_checks(incident) or waits_for_effect(incident, now)):
        # Only as it was claimed: somebody may have asked for a refresh meanwhile.
        rows.filter(looked_at__lt=now - Look.LASTS, refresh_at=now + Look.EVERY).delete()


def _orders(incidents: Iterable[Incident], now: datetime) -> dict[int, list[Order]]:
    """By source what is to be fetched, each signal once, the longest not fetched first."""
    found: dict[int, Order] = {}
    for incident in incidents:
        start, end = window_of(incident, now)
        for signal in Signal.objects.of_incident(incident)[:MOST_SHOWN]:
            known = found.get(signal.pk)
            if known:
                known.start, known.end = min(known.start, start), max(known.end, end)
            elif not (signal.source.retry_at and signal.source.retry_at > now):
                found[signal.pk] = Order(signal, start, end)
    missing = _missing_usual(found.values())
    by_source: dict[int, list[Order]] = defaultdict(list)
    for order in sorted(found.values(), key=_age):
        signal = order.signal
        order.hours = missing.get(signal.pk, [])
        is_covered = signal.covered_from is not None and signal.covered_from <= order.start
        if is_covered and signal.covered_until and signal.covered_until >= order.start:
            if signal.covered_until > now - FRESH and not order.hours:
                continue
            order.start = max(order.start, signal.covered_until - OVERLAP)
        by_source[signal.source_id].append(order)
    return by_source


def _age(order: Order) -> datetime:
    return order.signal.covered_until or datetime.min.replace(tzinfo=UTC)


def _missing_usual(orders: Iterable[Order]) -> dict[int, list[datetime]]:
    asked = [order for order in orders if order.signal.range_kind == RangeKind.USUAL]
    if not asked:
        return {}
    first, last = min(order.start for order in asked), max(order.end for order in asked)
    known = set(
        UsualRange.objects.filter(
            signal__in=[order.signal.pk for order in asked], hour__gte=first - HOUR, hour__lte=last
        ).values_list("signal", "hour")
    )
    return {
        order.signal.pk: [
            hour for hour in hours_within(order.start, order.end) if (order.signal.pk, hour) not in known
        ]
        for order in asked
    }


def _fetch_all(orders: dict[int, list[Order]]) -> Iterator[Outcome]:
    """As each source is done. The threads ask no database."""
    if not orders:
        return
    with ThreadPoolExecutor(SOURCES_AT_ONCE, thread_name_prefix="source") as pool:
        for done in as_completed([pool.submit(_ask_source, of_source) for of_source in orders.values()]):
            yield done.result()


def _ask_source(orders: list[Order]) -> Outcome:
    """All of one source, until it does not answer or its turn is over."""
    outcome = Outcome(orders[0].signal.source, [])
    ends = time.monotonic() + A_TURN
    for order in orders:
        if time.monotonic() > ends:
            break
        filled = Filled(order)
        outcome.filled.append(filled)
        try:
            _ask(outcome.source, filled, ends)
        except SilentError as silence:
            outcome.silence = str(silence)
            break
    return outcome


def _ask(source: DataSource, filled: Filled, ends: float) -> None:
    """The values first: they stay where the weeks before are not answered."""
    order = filled.order
    signal = order.signal
    try:
        # Not beyond now: Prometheus repeats the last value for times that have not come yet.
        until = _whole(order.end - MINUTE)
        filled.points = fetch(source, query=signal.query, path=signal.path, start=order.start, end=until)
        if order.hours and time.monotonic() < ends:
            filled.usual = _ask_usual(source, order)
    except UnreadableError as problem:
        filled.problem = str(problem)


def _ask_usual(source: DataSource, order: Order) -> dict[datetime, tuple[float, float] | None]:
    """What the hours were in the weeks before: a request a week."""
    signal, first, last = order.signal, order.hours[0], order.hours[-1] + HOUR - MINUTE
    by_hour: dict[datetime, list[list[float]]] = {hour: [] for hour in order.hours}
    for week in range(1, WEEKS + 1):
        ago = timedelta(weeks=week)
        points = fetch(source, query=signal.query, path=signal.path, start=first - ago, end=last - ago)
        for hour, weeks in by_hour.items():
            begins = (hour - ago).timestamp()
            weeks.append([value for second, value in points.items() if begins <= second < begins + 3600])
    return {hour: usual_range(weeks) for hour, weeks in by_hour.items()}


def _whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@transaction.atomic
def _store(outcome: Outcome, now: datetime) -> None:
    for filled in sorted(outcome.filled, key=lambda one: one.order.signal.pk):  # two workers lock them alike
        _store_signal(filled, now)
    source = outcome.source
    if outcome.silence:
        note_silence(source, outcome.silence, now)
    elif outcome.filled:
        note_answer(source, now)


def note_silence(source: DataSource, problem: str, now: datetime) -> None:
    """It is asked again after a minute, then after twice as long each time, at most 15 minutes."""
    wait = min(DataSource.FIRST_PAUSE * 2 ** min(source.failures, 10), DataSource.LONGEST_PAUSE)
    DataSource.objects.filter(pk=source.pk).update(
        failures=source.failures + 1,
        problem=problem[:300],
        retry_at=now + wait - timedelta(seconds=5),
        failing_since=source.failing_since or now,
    )


def note_answer(source: DataSource, now: datetime) -> None:
    DataSource.objects.filter(pk=source.pk).update(
        failures=0, problem="", retry_at=None, failing_since=None, answered_at=now
    )


def _store_signal(filled: Filled, now: datetime) -> None:
    """Nothing where somebody changed the query or its source meanwhile: what came is of the old one."""
    order = filled.order
    signal = order.signal
    same = {"pk": signal.pk, "query": signal.query, "path": signal.path, "source": signal.source_id}
    same |= {f"source__{name}": getattr(signal.source, name) for name in ("url", "tenant")}
    held = Signal.objects.select_for_update(of=("self",), no_key=True).filter(**same).first()
    if held is None:
        return
    if filled.problem:
        held.problem, held.problem_since = filled.problem[:300], held.problem_since or now
        held.save(update_fields=["problem", "problem_since"])
    elif filled.points is not None:
        held.problem, held.problem_since = "", None
    if filled.points is None:
        return
    points = filled.points
    keep_samples(held, points)
    if held.covered_from is None or held.covered_until is None or order.start > held.covered_until:
        held.covered_from = order.start
    else:
        held.covered_from = min(held.covered_from, order.start)
    held.covered_until = min(now, order.end)
    if points:
        newest = max(points)
        moment = datetime.fromtimestamp(newest, UTC)
        if held.last_at is None or moment >= held.last_at:
            held.last_at, held.last_value = moment, points[newest]
    held.save()
    UsualRange.objects.bulk_create(
        [
            UsualRange(
                signal=held, hour=hour, low=found[0] if found else None, high=found[1] if found else None
            )
            for hour, found in filled.usual.items()
        ],
        ignore_conflicts=True,
    )


def next_refresh_at() -> datetime | None:
    """None where nobody looks: an installation without signals does nothing."""
    return Look.objects.order_by("refresh_at").values_list("refresh_at", flat=True).first()
