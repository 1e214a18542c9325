"""Is it changing from month to month? The median with its interval, p90, the goal, and what happened when.

A month with too few values for a median shows each of them as a dot, and the line is broken there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from django.utils.html import escape
from django.utils.safestring import SafeString

from figures.draw import (
    NARROW,
    Scale,
    cut,
    el,
    figure,
    line,
    linear,
    logarithmic,
    rule,
    span,
    spoken,
    text,
    time_ticks,
)

SKEWED = 8  # times as long as the median usually is: from there on the scale is logarithmic
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000)
ROWS, ROW = 3, 15  # of labels above the picture


@dataclass(frozen=True)
class Month:
    """Or quarter. `few` are single values, where there is no median; `words` is the long form of all of it."""

    label: str
    words: str
    count: int
    median: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    few: Sequence[float] = ()
    url: str = ""


@dataclass(frozen=True)
class Mark:
    """At `at` months from the left: 1.5 is the middle of the second."""

    at: float
    words: str


def trend(
    name: str,
    title: str,
    months: Sequence[Month],
    goal: float | None,
    marks: Sequence[Mark],
    width: int,
    *,
    is_small: bool = False,
) -> SafeString:
    """Lengths in seconds; `is_small` is one of many beside each other, which shows only the medians.

    Every value is also in the table below: the picture is announced by its title.
    """
    left, right = (2 if is_small else 46), width - (46 if is_small else 64)
    lanes = [] if is_small else _lanes(marks, left, right, len(months))
    top = 8 if is_small else 14 + ROW * (1 + max(lanes, default=-1))
    bottom = top + (66 if is_small else 190 if width == NARROW else 240)
    y, ticks, is_log = _scale(_shown(months, goal, is_small=is_small), _usual(months, goal), (bottom, top))
    x = linear((0, max(len(months), 1)), (left, right))
    body = "".join(rule(left, y(tick), right, y(tick)) for tick in ticks)
    if is_small:
        body = rule(left, bottom, right, bottom)
    else:
        body += "".join(
            text(left - 8, y(tick) + 4, spoken(tick) if tick else "0", "t-muted t-small", text_anchor="end")
            for tick in ticks
        )
    if is_log and not is_small:
        body += text(0, bottom + 4, "log scale", "t-muted t-small")
    body += _marked(marks, lanes, x, (top, bottom), width)
    if not is_small:
        body += _band(months, x, y) + _path(months, x, y, lambda m: m.p90, "p90-line")
    if goal is not None:
        body += line(left, y(goal), right, y(goal), "goal-line")
    body += _path(months, x, y, lambda m: m.median, "this-line")
    body += "".join(_dots(month, x(n + 0.5), y, is_small) for n, month in enumerate(months))
    body += _ends(months, goal, y, right + 7, (top, bottom), is_small=is_small)
    body += _foot(months, x, bottom, is_small=is_small)
    role = "img" if is_small else "group"
    return figure(name, width, bottom + (18 if is_small else 38), title, body, role=role)


def _usual(months: Sequence[Month], goal: float | None) -> float:
    """The length in the middle: of the medians, or of single values where there is no median."""
    medians = [month.median for month in months if month.median is not None]
    return median(medians or [value for month in months for value in month.few] or [goal or 60])


def _shown(months: Sequence[Month], goal: float | None, *, is_small: bool) -> list[float]:
    """Every length that is drawn."""
    found = [*(m.median for m in months), *(v for m in months for v in m.few), goal]
    if not is_small:
        found += [v for m in months for v in (m.p90, m.low, m.high)]
    return [value for value in found if value is not None]


def _scale(
    shown: Sequence[float], usual: float, pixels: tuple[float, float]
) -> tuple[Scale, list[float], bool]:
    """From zero, or logarithmic where some are very much longer than the `usual`; and the lines to draw."""
    highest = max([*shown, 60])
    if highest > SKEWED * max(usual, 60):
        low = max(min(v for v in shown if v > 0), 30)
        ticks = [float(tick) for tick in time_ticks(low, highest, 5)]
        return logarithmic((low * 0.8, highest * 1.1), pixels), ticks, True
    step = next((s for s in STEPS if highest / s <= 5), STEPS[-1])
    ticks = [float(step * n) for n in range(int(highest / step) + 1)]
    return linear((0, highest * 1.06), pixels), ticks, False


def _lanes(marks: Sequence[Mark], left: float, right: float, count: int) -> list[int]:
    """The row of each label, so that none covers another; -1 where there is no room for it."""
    x = linear((0, max(count, 1)), (left, right))
    ends = [-1.0] * ROWS
    lanes = []
    for mark in marks:
        begins = min(x(mark.at) + 5, right + 60 - span(mark.words, 11))
        lane = next((n for n in range(ROWS) if begins > ends[n]), -1)
        if lane >= 0:
            ends[lane] = begins + span(mark.words, 11) + 6
        lanes.append(lane)
    return lanes


def _marked(
    marks: Sequence[Mark], lanes: Sequence[int], x: Scale, within: tuple[float, float], width: int
) -> str:
    top, bottom = within
    body = ""
    for n, mark in enumerate(marks):
        lane = lanes[n] if lanes else -1
        begins = 12 + ROW * lane if lane >= 0 else top
        upright = line(x(mark.at), begins - 8 if lane >= 0 else top, x(mark.at), bottom, "edge")
        body += el("g", el("title", escape(mark.words)), upright)
        if lane >= 0:
            words = cut(mark.words, width - 60, 11)
            at = min(x(mark.at) + 5, width - span(words, 11))
            body += text(at, begins, words, "t-small t-label t-halo")
    return body


def _band(months: Sequence[Month], x: Scale, y: Scale) -> str:
    body = ""
    for run in _runs(months, lambda m: m.low):
        upper = [(x(n + 0.5), y(months[n].high or 0)) for n in run]
        lower = [(x(n + 0.5), y(months[n].low or 0)) for n in reversed(run)]
        if len(run) == 1:
            at, high, low = upper[0][0], upper[0][1], lower[0][1]
            upper, lower = [(at - 3, high), (at + 3, high)], [(at + 3, low), (at - 3, low)]
        body += el("path", d=_joined([*upper, *lower]) + "Z", class_="this-band")
    return body


def _path(
    months: Sequence[Month], x: Scale, y: Scale, value: Callable[[Month], float | None], class_: str
) -> str:
    body = ""
    for run in _runs(months, value):
        points = [(x(n + 0.5), y(found)) for n in run if (found := value(months[n])) is not None]
        body += el("path", d=_joined(points), class_=class_) if len(points) > 1 else ""
    return body


def _runs(months: Sequence[Month], value: Callable[[Month], float | None]) -> list[list[int]]:
    """The stretches of months beside each other that have a value."""
    runs: list[list[int]] = []
    for n, month in enumerate(months):
        if value(month) is None:
            continue
        if runs and runs[-1][-1] == n - 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return runs


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)


def _dots(month: Month, at: float, y: Scale, is_small: bool) -> str:
    hint = el("title", escape(month.words))
    radius = 2.6 if is_small else 3.6
    shapes = "".join(
        el("circle", cx=at, cy=y(value), r=radius - 0.6, class_="this-ring") for value in month.few
    )
    if month.median is not None:
        shapes += el("circle", cx=at, cy=y(month.median), r=radius, class_="this-dot")
    if not shapes:
        return ""
    if month.url and not is_small:
        return el("a", hint, shapes, href=month.url, tabindex=-1, class_="dot-a")
    return el("g", hint, shapes)


def _ends(
    months: Sequence[Month],
    goal: float | None,
    y: Scale,
    at: float,
    within: tuple[float, float],
    *,
    is_small: bool,
) -> str:
    """What the lines are, at their right end; pushed apart where they would cover each other."""
    said: list[tuple[float, str, str]] = []
    last = next((m for m in reversed(months) if m.median is not None), None)
    if goal is not None:
        said.append((y(goal), spoken(goal) if is_small else "Goal", "t-small t-label"))
    if last and not is_small:
        said.append((y(last.median or 0), "Median", "t-small t-this"))
        slowest = _runs(months, lambda m: m.p90)
        if last.p90 is not None and len(slowest[-1]) > 1:  # one alone is no line
            said.append((y(last.p90), "p90", "t-small t-muted"))
    body, level = "", within[0] - 20.0
    for wanted, words, class_ in sorted(said):
        level = max(wanted + 4, level + 13)
        body += text(at, level, words, class_)
    return body


def _foot(months: Sequence[Month], x: Scale, bottom: float, *, is_small: bool) -> str:
    """The names of the months, as many as fit, always the last one; below them how many incidents."""
    if not months:
        return ""
    room = max(span(m.label, 11) for m in months) + 8
    each = x(1) - x(0)
    step = max(1, -(-int(room) // max(int(each), 1)))
    if is_small:
        step = max(step, -(-len(months) // 3))
    body = "" if is_small else text(x(0) - 8, bottom + 32, "n", "t-muted t-small", text_anchor="end")
    for n in range(len(months) - 1, -1, -step):
        month, at = months[n], x(n + 0.5)
        half = span(month.label, 11) / 2
        at = max(at, half) if n == 0 or is_small else at
        body += text(at, bottom + 16, month.label, "t-small", text_anchor="middle")
        if not is_small:
            body += text(at, bottom + 32, month.count, "t-muted t-small", text_anchor="middle")
    return body
