"""Are we faster? The dots, the two medians, the interval that decides; deeper the curves and the control chart."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString

from figures.control_chart import POINTS, Measured, control_chart, limits, signals
from figures.dots import Noted, Period, Point, dots
from figures.draw import LARGE, MEDIUM, NARROW, WIDE, sizes, spoken
from figures.survival import survival
from insights import queries
from insights.cells import cell_of
from insights.cohort import Scope
from insights.comparing import Change, compare
from insights.definitions import HEADLINES, TIMES, Metric
from insights.filters import Asked, midnight
from insights.measuring import FEW, cohort_cte
from insights.models import Annotation
from insights.observing import EVERYTHING, Observed, observed
from insights.panels import SOME_COVERAGE, Figure, Panel
from insights.queries import DOTS, Dot
from insights.survival import Curve, curve, drawn_line, estimated
from insights.tables import Behind, Column, Table

Drawing = Callable[[int], SafeString]
QUESTION = "Are we faster?"
DONE = {
    "time_to_resolve": "Resolved", "time_to_mitigate": "Mitigated", "time_to_repair": "Repaired",
    "time_to_detect": "Noticed", "time_to_acknowledge": "Acknowledged",
}  # fmt: skip


def faster(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    scope, metric = asked.scope, asked.metric
    before = scope.before
    shown = [m for m in TIMES if m.key in HEADLINES] if is_deep else []
    seen = observed(cohort_cte(scope), [metric, *(m for m in shown if m.key != metric.key)])[EVERYTHING]
    now, was = estimated(seen[metric.key]), curve(before, metric) if before else None
    of = now.of
    change = compare(now, was)
    coverage = now.count / of if of else None
    panel = Panel(
        "faster", QUESTION, _headline(asked, now, change, coverage), _says(now, of, change, coverage),
        f"{metric.label} = {metric.formula}, median with those still running (Kaplan–Meier)", of, coverage,
        verdict=change.verdict if coverage is not None and coverage >= SOME_COVERAGE else "",
    )  # fmt: skip
    if not now.count:
        return panel
    is_dotted = now.count + (was.count if was else 0) <= DOTS
    newest = queries.dots(scope, metric) if is_dotted or is_deep else []
    drawn = _dotted(asked, now, was, newest) if is_dotted else _sliced(asked, now, was)
    if is_deep:
        panel.figure = sizes(drawn, WIDE, MEDIUM, NARROW)
        _deepen(panel, asked, now, was, change, newest)
        panel.tables.insert(0, _all_times(shown, seen))
    else:
        panel.figure = sizes(drawn, LARGE, MEDIUM, NARROW)
    return panel


def _headline(asked: Asked, now: Curve, change: Change, coverage: float | None) -> str:
    if not now.count:
        return "No incident has the times" if coverage is not None else "No incident in this period"
    if coverage is not None and coverage < SOME_COVERAGE:
        return "Too few have the times"
    if now.count < FEW:
        return "Too few for a median"
    if now.median is None:
        return f"Half of them ran longer than {spoken(now.longest or 0)}"
    was = f", was {spoken(change.was)}" if change.was is not None and change.verdict else ""
    return f"{DONE[asked.metric.key]} in {spoken(now.median)}{was}"


def _says(now: Curve, of: int, change: Change, coverage: float | None) -> str:
    if not of:
        return "widen the period or the filters"
    told = [
        f"median, {now.count} of {of} have the times"
        if now.count >= FEW
        else f"{now.count} of {of} have the times"
    ]
    if now.count >= FEW and (coverage or 0) >= SOME_COVERAGE:
        told.append(
            f"p90 {spoken(now.p90)}" if now.p90 is not None else f"p90 over {spoken(now.longest or 0)}"
        )
    told.append(explain(change))
    return " · ".join(told)


def explain(change: Change) -> str:
    """Why there is an arrow, or why there is none."""
    if change.low is None or change.high is None:
        return f"no trend: {change.why}"
    interval = f"95% interval {signed(change.low)} to {signed(change.high)}"
    return f"no clear change ({interval})" if change.verdict == "same" else f"the change holds ({interval})"


def signed(seconds: float) -> str:
    """−27 min · +1 h 10 min · 0"""
    if round(seconds) == 0:
        return "0"
    return ("−" if seconds < 0 else "+") + spoken(abs(seconds))


def _dotted(asked: Asked, now: Curve, was: Curve | None, newest: list[Dot]) -> Drawing:
    before = asked.scope.before
    earlier = queries.dots(before, asked.metric) if before else []
    return _drawn(asked, now, was, [_point(dot) for dot in newest + earlier])


def _sliced(asked: Asked, now: Curve, was: Curve | None) -> Drawing:
    """Too many for dots: bars of slices of time, over both periods."""
    scope, before = asked.scope, asked.scope.before
    both = Scope(scope.incidents, before.since if before else None, scope.until, scope.now)
    points = [
        Point(s.began, s.median, f"{s.count} incidents, median {spoken(s.median)}, the middle 80% "
              f"{spoken(s.p10)} to {spoken(s.p90)}", low=s.p10, high=s.p90)
        for s in queries.slices(both, asked.metric)
    ]  # fmt: skip
    return _drawn(asked, now, was, points)


def _drawn(asked: Asked, now: Curve, was: Curve | None, points: list[Point]) -> Drawing:
    scope, before = asked.scope, asked.scope.before
    first = min((p.at for p in points), default=scope.horizon)
    periods = [_period(scope, now, first)]
    if before and was and was.count:
        periods.insert(0, _period(before, was, first))
    title = f"{asked.metric.label} of {now.count} incidents over time, log scale"
    if now.median is not None and now.count >= FEW:
        title += f", median {spoken(now.median)}"
    noted = _noted(min(p.since for p in periods), scope.horizon)
    return lambda width: dots(f"{title}.", points, periods, width, noted)


def _noted(since: datetime, horizon: datetime) -> list[Noted]:
    """The annotations of the days in which the chart is."""
    first, last = timezone.localtime(since).date(), timezone.localtime(horizon).date()
    found = [(midnight(one.day), str(one)) for one in Annotation.objects.within(first, last)]
    return [Noted(at, words) for at, words in found if since <= at < horizon]


def _period(scope: Scope, told: Curve, first: datetime) -> Period:
    enough = told.count >= FEW
    return Period(
        scope.since or first, scope.horizon, told.median if enough else None, told.p90 if enough else None
    )


def _point(dot: Dot) -> Point:
    ran = f"{'' if dot.is_over else 'running, '}{spoken(dot.seconds)}"
    words = f"{dot.reference} {dot.title}: {ran}"
    return Point(dot.began, dot.seconds, words, dot.url, not dot.is_over)


def _deepen(
    panel: Panel, asked: Asked, now: Curve, was: Curve | None, change: Change, newest: list[Dot]
) -> None:
    metric = asked.metric
    lines = [drawn_line("this", "this period", now)]
    if was and was.count:
        lines.insert(0, drawn_line("previous", "the period before", was))
    title = f"{metric.label}: the share still running after t."
    sentence = explain(change).capitalize() + "."
    panel.figures.append(Figure(
        "Share still running after t", sentence,
        sizes(lambda width: survival(title, lines, sentence, width)),
        "Kaplan–Meier: S(t) = product of (1 − ended ÷ at risk); bands 95%, Greenwood on the log(−log) scale",
    ))  # fmt: skip
    latest = [dot for dot in newest if dot.is_over and dot.seconds > 0][:POINTS][::-1]
    if latest:
        panel.figures.append(_chart(latest))
    if was:
        panel.tables.append(Table(
            "Share still running after",
            [Column("After", "time"), Column("This period", "share"), Column("The period before", "share")],
            [(t, *(c.share_at(t) if c.count else None for c in (now, was))) for t in (900, 1800, 3600, 7200, 14400, 28800, 86400)],
        ))  # fmt: skip
    panel.tables.append(Table(
        "The newest incidents behind the dots",
        [Column("Incident", "incident"), Column("Began", "moment"), Column(metric.label, "time"), Column("State")],
        [(Behind(dot.reference, dot.title), dot.began, dot.seconds, "over" if dot.is_over else "running")
         for dot in newest[:50]],
    ))  # fmt: skip


def _all_times(metrics: Sequence[Metric], seen: dict[str, Observed]) -> Table:
    told = [(m, cell_of(seen[m.key])) for m in metrics]
    return Table(
        "All the times",
        [Column("Time"), Column("Formula", is_aside=True), Column("n", "count"), Column("Coverage", "share"), Column("Mean", "time"),
         Column("Median", "time"), Column("p90", "time"), Column("Median, running included", "time"),
         Column("p90, running included", "time")],
        [(m.label, m.formula, c.count, c.coverage, c.mean, c.median, c.p90, c.km_median, c.km_p90) for m, c in told],
    )  # fmt: skip


def _chart(latest: list[Dot]) -> Figure:
    lengths = [dot.seconds for dot in latest]
    within = limits(lengths)
    found = signals(lengths, within)
    if within is None:
        says = f"{len(latest)} incidents: limits need twenty. Until then only the dots are shown."
    elif not found:
        says = "No signal. The durations vary as usual. A single one needs no explanation."
    else:
        told = [f"{chr(65 + n)} {latest[at].reference} {why}" for n, (at, why) in enumerate(found.items())][
            :6
        ]
        says = f"{'; '.join(told)}. Ask what was different then. All others are within the limits."
    points = [
        Measured(dot.began, dot.seconds, f"{dot.reference} {dot.title}: {spoken(dot.seconds)}", dot.url)
        for dot in latest
    ]  # fmt: skip
    title = f"Control chart of the latest {len(latest)}: {len(found)} signals."
    return Figure(
        "Did something change, or is it noise?", says, sizes(lambda width: control_chart(title, points, width)),
        f"XmR on ln(duration): centre ± 2.66 × mean moving range, over the latest {len(latest)} that are over, zero length left out",
    )  # fmt: skip
