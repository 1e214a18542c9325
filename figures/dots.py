"""How long, and is it changing? Every incident is a dot over time, on a log scale, with the medians of two periods.

Beyond what can be told apart the dots become bars: of each slice of time the middle 80%, with its median.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
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
    rect,
    span,
    spoken,
    text,
    time_ticks,
)

SHORT = 60  # what is shorter, or has no length, has no place on the scale: it stands at its foot


@dataclass(frozen=True)
class Point:
    """One incident; or, with `low` and `high`, many of them."""

    at: datetime
    seconds: float
    words: str
    url: str = ""
    is_open: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Period:
    since: datetime
    until: datetime
    median: float | None
    p90: float | None = None


@dataclass(frozen=True)
class Noted:
    """What somebody noted of a moment."""

    at: datetime
    words: str


def dots(
    title: str, points: Sequence[Point], periods: Sequence[Period], width: int, noted: Sequence[Noted] = ()
) -> SafeString:
    """`points` of all `periods`; a period without a median (too few incidents) gets no line."""
    left, right, top, bottom = (50, width - 4, 26 if noted else 12, 150 if width == NARROW else 170)
    since, until = min(p.since for p in periods), max(p.until for p in periods)
    lengths = [p.high or p.seconds for p in points] + [p.low or p.seconds for p in points]
    low, high = min([length for length in lengths if length >= SHORT] or [SHORT]), max([*lengths, 600])
    x = linear((since.timestamp(), until.timestamp()), (left + 6, right - 6))
    y = logarithmic((low * 0.7, high * 1.3), (bottom, top))
    body = ""
    for tick in time_ticks(low * 0.9, high * 1.3, 5):
        if bottom - y(tick) < 14:
            continue
        body += line(left, y(tick), right, y(tick), "rule")
        body += text(left - 8, y(tick) + 4, spoken(tick), "t-muted t-small", text_anchor="end")
    if any(length < SHORT for length in lengths):
        body += text(left - 8, bottom + 4, "< 1 min", "t-muted t-small", text_anchor="end")
    body += _days(since, until, x, bottom + 18, width)
    body += _noted(noted, x, (12, bottom), right)
    body += "".join(_point(p, x, y, width) for p in points)
    for period in periods:
        body += _median(period, x, y, right)
    return figure("dots", width, bottom + 26, title, body, role="group")


def _noted(noted: Sequence[Noted], x: Scale, within: tuple[float, float], right: float) -> str:
    """A line each; the words where the next line leaves room for them, else only on pointing at it."""
    top, bottom = within
    body = ""
    for n, one in enumerate(noted):
        at = x(one.at.timestamp())
        room = (x(noted[n + 1].at.timestamp()) if n + 1 < len(noted) else right) - at - 10
        body += el("g", el("title", escape(one.words)), line(at, top - 8, at, bottom, "edge"))
        if room > 40:
            body += text(at + 5, top, cut(one.words, room, 11), "t-small t-label t-halo")
    return body


def _point(point: Point, x: Scale, y: Scale, width: int) -> str:
    at, level = x(point.at.timestamp()), y(point.seconds)
    if point.low is not None and point.high is not None:
        top, base = y(max(point.high, 1)), y(max(point.low, 1))
        bar = rect(at - 4, top, 8, max(base - top, 1), "dot-range", point.words)
        return bar + line(at - 5, level, at + 5, level, "ink")
    shape = el(
        "circle",
        cx=at,
        cy=level,
        r=4.0 if width > NARROW else 3.4,
        class_="dot-open" if point.is_open else "dot",
    )
    if point.is_open:
        shape += el("path", d=f"M{at - 3:.1f} {level - 7:.1f}l3 -4l3 4", class_="this-line")
    hint = el("title", escape(point.words))
    if not point.url:
        return el("g", hint, shape)
    return el("a", hint, shape, href=point.url, tabindex=-1, class_="dot-a")


def _median(period: Period, x: Scale, y: Scale, right: float) -> str:
    if period.median is None:
        return ""
    begins, ends = x(period.since.timestamp()), x(period.until.timestamp())
    level = y(max(period.median, 1))
    body = line(begins, level, ends, level, "this-line")
    if period.p90 is not None:
        above = y(max(period.p90, 1))
        body += line(begins, above, ends, above, "this-line-soft")
        body += _label(f"p90 {spoken(period.p90)}", ends, above - 5, right)
    return body + _label(f"median {spoken(period.median)}", ends, level + 14, right)


def _label(words: str, ends: float, level: float, right: float) -> str:
    return text(
        min(max(ends, span(words) + 46), right), level, words, "t-strong t-halo t-small", text_anchor="end"
    )


def _days(since: datetime, until: datetime, x: Scale, level: float, width: int) -> str:
    whole = until - since
    count = 3 if width == NARROW else 5
    form = "%b %Y" if whole.days > 500 else "%-d %b"
    body = ""
    for n in range(count):
        at = since + whole * (n + 0.5) / count
        local = timezone.localtime(at)
        body += text(x(at.timestamp()), level, local.strftime(form), "t-muted t-small", text_anchor="middle")
    return body
