"""Is this process stable, or did something change? XmR chart on ln(duration), lengths on the axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import exp, log

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from figures.draw import NARROW, WIDE, el, figure, line, linear, logarithmic, spoken, text, time_ticks

POINTS = 80
ENOUGH = 20  # fewer points: no limits
RUN = 8  # points in a row on one side of the centre


@dataclass(frozen=True)
class Measured:
    at: datetime
    seconds: float  # above zero
    words: str
    url: str


@dataclass(frozen=True)
class Limits:
    lower: float
    centre: float
    upper: float


def limits(lengths: Sequence[float]) -> Limits | None:
    """exp of the mean of ln ± 2.66 × the mean moving range; None for too few."""
    if len(lengths) < ENOUGH:
        return None
    logs = [log(length) for length in lengths]
    centre = sum(logs) / len(logs)
    reach = 2.66 * sum(abs(b - a) for a, b in pairwise(logs)) / (len(logs) - 1)
    return Limits(exp(centre - reach), exp(centre), exp(centre + reach))


def signals(lengths: Sequence[float], within: Limits | None) -> dict[int, str]:
    """{place: why}"""
    if within is None:
        return {}
    found: dict[int, str] = {}
    run = 0
    for place, length in enumerate(lengths):
        above = length > within.centre
        run = (max(run, 0) + 1) if above else (min(run, 0) - 1)
        if length > within.upper:
            found[place] = "is above the upper limit"
        elif length < within.lower:
            found[place] = "is below the lower limit"
        elif abs(run) == RUN:
            found[place] = f"ends {RUN} in a row {'above' if above else 'below'} the centre"
    return found


def control_chart(title: str, points: Sequence[Measured], width: int) -> SafeString:
    """`points` oldest first."""
    wide = width >= WIDE
    lengths = [point.seconds for point in points]
    within = limits(lengths)
    found = signals(lengths, within)
    left, right = 52, width - (130 if wide else 6)
    top, bottom = 16, 260 if wide else 220
    extremes = lengths + ([within.lower, within.upper] if within else [])
    low, high = min(extremes, default=60) * 0.8, max(extremes, default=3600) * 1.3
    y = logarithmic((low, high), (bottom, top))
    x = linear((0, max(len(points) - 1, 1)), (left + 8, right - 8))
    body = ""
    for tick in time_ticks(low, high, 6):
        body += line(left, y(tick), right, y(tick), "rule")
        body += text(left - 6, y(tick) + 4, spoken(tick), "t-muted t-small", text_anchor="end")
    if within:
        told = (
            ("lower limit", within.lower, "limit"),
            ("centre", within.centre, "ink"),
            ("upper limit", within.upper, "limit"),
        )
        for words, value, class_ in told:
            body += line(left, y(value), right, y(value), class_)
            if wide:
                body += text(right + 8, y(value) - 1, words, "t-strong")
                body += text(right + 8, y(value) + 13, spoken(value), "t-muted")
            else:
                body += text(left + 4, y(value) - 5, f"{words} {spoken(value)}", "t-small t-halo")
        trace = "L".join(f"{x(n):.1f} {y(length):.1f}" for n, length in enumerate(lengths))
        body += el("path", d=f"M{trace}", class_="rule")
    for n, point in enumerate(points):
        radius = 5.5 if n in found else 2.4 if width == NARROW else 3.2
        shape = el(
            "circle", cx=x(n), cy=y(point.seconds), r=radius, class_="dot-signal" if n in found else "dot"
        )
        hint = el("title", escape(f"{point.words}{', ' + found[n] if n in found else ''}"))
        body += el("a", hint, shape, href=point.url, tabindex=-1, class_="dot-a")
        if n in found:
            letter = chr(65 + list(found).index(n)) if len(found) <= 26 else ""
            body += text(x(n) + 9, y(point.seconds) + 4, letter, "t-bad t-halo")
    body += line(left, bottom, right, bottom, "edge")
    for n in sorted({0, len(points) // 2, len(points) - 1}) if points else []:
        anchor = "start" if n == 0 else "end" if n == len(points) - 1 else "middle"
        local = timezone.localtime(points[n].at)
        body += text(x(n), bottom + 18, f"{local.day} {local:%b %Y}", "t-muted t-small", text_anchor=anchor)
    return figure("control-chart", width, bottom + 26, title, body, role="group")
