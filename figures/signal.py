"""How is a signal of a service doing: one line over time, the normal range behind it, and our own marks on it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from django.utils.html import escape
from django.utils.safestring import SafeString

from figures.draw import Scale, cut, el, figure, line, linear, number, rect, span, text
from figures.event_marks import event_mark

WIDTHS = (776, 516, 316)
RIGHT = 46  # px for the values beside the lines
GAP = 150  # seconds without a value: the line is broken there
LANE, ROW, ROWS = 22, 15, 3
HIGH, LOW_HIGH = 84, 76  # px of a chart, wide and narrow
DASHED = {"severity": "mark-bad", "mitigation": "mark-mit"}
CLOCK_STEPS = (300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400)


@dataclass(frozen=True)
class Mark:
    """Something of our timeline. `kind` is one of figures/event_marks.py; “severity” is the impact."""

    at: float
    words: str
    kind: str


@dataclass(frozen=True)
class Normal:
    """Between which values it is normal, from one second to another; None is no limit."""

    start: float
    end: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Line:
    """What one chart shows, in seconds since 1970. `told` writes a value with its unit."""

    name: str  # unique on its page, without spaces
    title: str
    start: float
    end: float
    points: Sequence[tuple[float, float]]
    normal: Sequence[Normal]
    told: Callable[[float], str]


Clock = Callable[[float], str]


def marks_lane(name: str, marks: Sequence[Mark], start: float, end: float, width: int) -> SafeString:
    """The row of marks above charts of the same times."""
    x = linear((start, end), (0, width - RIGHT))
    body, height = _lane(marks, x, width)
    title = "Marks: " + (", ".join(mark.words for mark in marks) or "none")
    return figure(name, width, height, title, body)


def chart(drawn: Line, marks: Sequence[Mark], width: int, clock: Clock | None = None) -> SafeString:
    """With `clock` the times are below it."""
    high = HIGH if width > WIDTHS[-1] else LOW_HIGH
    body = _chart(drawn, marks, width, high)
    if clock:
        body += _times(drawn, width, high + 13, clock)
    return figure(drawn.name, width, high + (17 if clock else 0), drawn.title, body)


def watch(drawn: Line, since: float | None, words: str, width: int) -> SafeString:
    """How a recovery check goes: `since` when it has been normal without a break, and that in `words`."""
    high = 56
    x, y = linear((drawn.start, drawn.end), (0, width)), _scale(drawn, high)[0]
    body = ""
    if since is not None:
        body += rect(x(since), 0, width - x(since), high, "normal")
    limits = {value for one in drawn.normal[-1:] for value in (one.low, one.high) if value is not None}
    for limit in sorted(limits):
        if 0 <= y(limit) <= high:
            body += line(0, y(limit), width, y(limit), "mark")
            body += text(4, max(y(limit) - 4, 11), drawn.told(limit), "t-muted t-small t-halo")
    body += _path(drawn, x, y)
    if since is not None and span(words, 11) < width - x(since) - 8:
        body += text(x(since) + 5, 13, words, "t-small")
    return figure(drawn.name, width, high, drawn.title, body)


def keepsake(drawn: Line, marks: Sequence[Mark], clock: Clock, words: str) -> str:
    """A picture by itself, for a file: `words` above it, marks with their names, and its colours inside."""
    width = WIDTHS[0]
    x = linear((drawn.start, drawn.end), (0, width - RIGHT))
    lane, height = _lane(marks, x, width)
    high = 160
    inner = text(0, 14, cut(words, width, 13), "t-strong")
    inner += el("g", lane, transform="translate(0 24)")
    inner += el("g", _chart(drawn, marks, width, high), transform=f"translate(0 {number(height + 28)})")
    inner += el("g", _times(drawn, width, high + 15, clock), transform=f"translate(0 {number(height + 28)})")
    whole = height + 28 + high + 26
    svg = el(
        "svg",
        el("title", escape(drawn.title)),
        el("rect", width=width + 32, height=round(whole) + 24, fill="#ffffff"),
        el("g", inner, transform="translate(16 16)"),
        xmlns="http://www.w3.org/2000/svg",
        width=width + 32,
        height=round(whole) + 24,
        viewBox=f"0 0 {width + 32} {round(whole) + 24}",
        font_family="system-ui, sans-serif",
        font_size=12,
    )
    return re.sub(r' class="([^"]*)"', _colours, NOT_IN_XML.sub("", svg))


NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
COLOURS = {
    "normal": 'fill="#d7eadc"',
    "rule": 'fill="none" stroke="#e2e4e9"',
    "ink": 'fill="none" stroke="#14171f" stroke-width="1.5"',
    "ink-fill": 'fill="#14171f"',
    "mark": 'fill="none" stroke="#6b7280" stroke-dasharray="3 3"',
    "mark-bad": 'fill="none" stroke="#b91c1c" stroke-width="2"',
    "mark-mit": 'fill="none" stroke="#0f766e" stroke-width="1.5"',
    "edge": 'fill="none" stroke="#9ca3af"',
    "t-muted": 'fill="#5b6270"',
    "t-small": 'font-size="11"',
    "t-strong": 'font-size="13" font-weight="600"',
    "ev-severity": 'color="#b91c1c"',
    "ev-mitigation": 'color="#0f766e"',
    "ev-change": 'color="#6d28d9"',
    "ev-milestone": 'color="#14171f"',
    "m-fill": 'fill="currentColor"',
    "m-frame": 'fill="none" stroke="currentColor" stroke-width="1.5"',
}


def _colours(found: re.Match[str]) -> str:
    return "".join(f" {COLOURS[name]}" for name in found[1].split() if name in COLOURS)


# -- parts ---------------------------------------------------------------------------------------------------


def _lane(marks: Iterable[Mark], x: Scale, width: int) -> tuple[str, float]:
    """Marks with their words above them, none over another; and how high that is."""
    right = [0.0] * ROWS
    placed: list[tuple[Mark, float, float, int]] = []
    for mark in sorted(marks, key=lambda one: one.at):
        at = min(max(x(mark.at), 6.0), width - 6.0)
        long = span(mark.words, 11)
        begins = min(max(at - long / 2, 0.0), width - long)
        row = next((n for n in range(ROWS) if begins >= right[n]), -1)
        if row >= 0:
            right[row] = begins + long + 8
        placed.append((mark, at, begins, row))
    rows = 1 + max((row for *_rest, row in placed), default=-1)
    base, body = ROW * rows + 10.0, ""
    for mark, at, begins, row in placed:
        shape = el("g", el("title", escape(mark.words)), event_mark(mark.kind, at, base, size=12))
        if row >= 0:
            level = base - 10 - ROW * row
            if row:
                body += line(at, level + 3, at, base - 8, "edge")
            body += text(begins, level, mark.words, "t-small t-halo")
        body += shape
    return body, base + 9 if placed else 4.0


def _chart(drawn: Line, marks: Sequence[Mark], width: int, high: int) -> str:
    x = linear((drawn.start, drawn.end), (0, width - RIGHT))
    y, ticks = _scale(drawn, high)
    bottom = high - 3.0
    body = ""
    for one in drawn.normal:
        top = y(one.high) if one.high is not None else 0.0
        foot = y(one.low) if one.low is not None else bottom
        top, foot = min(max(top, 0.0), bottom), min(max(foot, 0.0), bottom)
        if foot - top < 3 and foot >= 0:
            top = max(foot - 3, 0.0)
        body += rect(x(one.start), top, x(one.end) - x(one.start), foot - top, "normal")
    body += line(0, bottom, width - RIGHT, bottom, "rule")
    for tick in ticks:
        body += line(0, y(tick), width - RIGHT, y(tick), "rule")
        level = y(tick) + 4 if y(tick) < bottom - 2 else y(tick)
        words = drawn.told(tick)
        words = words if span(words, 11) <= RIGHT - 4 else cut(words.partition(" ")[0], RIGHT - 4, 11)
        body += text(width, level, words, "t-muted t-small", text_anchor="end")
    for mark in marks:
        if drawn.start <= mark.at <= drawn.end:
            body += line(x(mark.at), 0, x(mark.at), bottom, DASHED.get(mark.kind, "mark"))
    body += _path(drawn, x, y)
    if drawn.points:
        second, value = drawn.points[-1]
        body += el("circle", cx=x(second), cy=float(y(value)), r=3.2, class_="ink-fill")
    return body


def _scale(drawn: Line, high: int) -> tuple[Scale, list[float]]:
    """From zero where the values come near it, with limits of the normal range that are not far off."""
    values = [value for _second, value in drawn.points] or [0.0]
    top, foot = max(values), min(values)
    size = max(abs(top), abs(foot)) or 1.0
    for one in drawn.normal:
        for limit in (one.low, one.high):
            if limit is not None and abs(limit) <= 2.5 * size:
                top, foot = max(top, limit), min(foot, limit)
    if foot > 0 and top - foot > 0.3 * top:
        foot = 0.0
    if top < 0 and top - foot > -0.3 * foot:
        top = 0.0
    room = (top - foot) * 0.08 or abs(top) * 0.1 or 1.0
    foot = foot if foot == 0 else foot - room
    top += room
    step = _nice((top - foot) / 3)
    first = -(-foot // step) * step
    ticks = [first + n * step for n in range(4) if first + n * step <= top]
    return linear((foot, top), (high - 3.0, 4.0)), ticks


def _nice(rough: float) -> float:
    """1, 2 or 5 with noughts, not below `rough`."""
    power = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    return next((n * power for n in (1, 2, 5, 10) if n * power >= rough), 10 * power)


def _path(drawn: Line, x: Scale, y: Scale) -> str:
    """Broken where there are no values; of many values in two pixels the lowest and the highest."""
    body = ""
    for run in _runs(drawn.points):
        places = _thinned([(x(second), y(value)) for second, value in run])
        if len(places) == 1:
            body += el("circle", cx=places[0][0], cy=places[0][1], r=1.5, class_="ink-fill")
        else:
            body += el("path", d="M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in places), class_="ink")
    return body


def _runs(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = []
    for second, value in points:
        if runs and second - runs[-1][-1][0] <= GAP:
            runs[-1].append((second, value))
        else:
            runs.append([(second, value)])
    return runs


def _thinned(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    bucket: list[tuple[float, float]] = []
    for place in [*places, None]:
        if bucket and (place is None or place[0] // 2 != bucket[0][0] // 2):
            ends = {min(bucket, key=lambda one: one[1]), max(bucket, key=lambda one: one[1])}
            kept += sorted(ends)
            bucket = []
        if place is not None:
            bucket.append(place)
    return kept


def _times(drawn: Line, width: int, level: float, clock: Clock) -> str:
    """Round times below a chart, as many as fit, and the last one."""
    x = linear((drawn.start, drawn.end), (0, width - RIGHT))
    most = 5 if width > WIDTHS[-1] else 2
    step = next((s for s in CLOCK_STEPS if (drawn.end - drawn.start) / s <= most), CLOCK_STEPS[-1])
    last = clock(drawn.end)
    half = span(last, 11) / 2
    body = text(x(drawn.end), level, last, "t-small t-label", text_anchor="middle")
    second = -(-drawn.start // step) * step
    while second < drawn.end:
        if half < x(second) < x(drawn.end) - 2 * half - 10:
            body += text(x(second), level, clock(second), "t-muted t-small", text_anchor="middle")
        second += step
    return body
