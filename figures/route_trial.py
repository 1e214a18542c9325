"""What would a route have done? One row a day, one dot an alert, a frame around those of one incident."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.utils.safestring import SafeString

from figures.draw import NARROW, el, figure, linear, rule, span, text

MEDIUM = 520
LEFT = 50
HOURS = (0, 6, 12, 18, 24)
MOST_DOTS = 24
"""In one frame; what is more is told by its number."""


@dataclass(frozen=True)
class Frame:
    """An incident: its first alert, the times of all of them, and what stands beside it."""

    at: datetime
    times: tuple[datetime, ...]
    words: str
    is_declared: bool


@dataclass(frozen=True)
class Tried:
    title: str
    since: datetime
    until: datetime
    zone: tzinfo
    frames: list[Frame]
    recorded: list[datetime]
    attached: list[datetime]


def route_trial(tried: Tried) -> SafeString:
    """At two widths; the page tells the same in a list."""
    return SafeString(_draw(tried, MEDIUM) + _draw(tried, NARROW))


def _draw(tried: Tried, width: int) -> SafeString:
    first, last = tried.since.astimezone(tried.zone).date(), tried.until.astimezone(tried.zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    step = 30 if len(days) <= 10 else 20
    x = linear((0.0, 24.0), (float(LEFT), width - 6.0))
    bottom = 22 + step * len(days)
    body = ""
    for hour in HOURS:
        words = f"{hour:02d}:00"
        body += rule(x(hour), 18, x(hour), bottom)
        body += text(x(hour), 11, words, "t-small t-muted", text_anchor="end" if hour == 24 else "middle")
    for n, day in enumerate(days):
        y = 22 + step * n
        body += text(0, y + step / 2 + 4, f"{day:%a} {day.day}", "t-small")
        body += rule(LEFT, y + step, width - 6, y + step)

    def place(at: datetime) -> tuple[float, float]:
        local = at.astimezone(tried.zone)
        row = (local.date() - first).days
        return x(local.hour + local.minute / 60), 22 + step * row + step / 2

    for at in tried.recorded:
        body += _dot(*place(at), "edge")
    for at in tried.attached:
        body += _dot(*place(at), "this-dot")
    for one in tried.frames:
        body += _frame(one, tried.zone, place, width)
    return figure("route-trial", width, bottom + 4, tried.title, body)


def _dot(at: float, y: float, class_: str) -> str:
    return el("circle", cx=at, cy=y, r=2.8, class_=class_)


def _frame(one: Frame, zone: tzinfo, place: Callable[[datetime], tuple[float, float]], width: int) -> str:
    """As long as its alerts fired on the day of the first one."""
    day = one.at.astimezone(zone).date()
    times = [at for at in one.times if at.astimezone(zone).date() == day] or [one.at]
    (start, y), (end, _y) = place(times[0]), place(times[-1])
    left, right = max(LEFT, start - 7), min(width - 1, max(end, start) + 7)
    class_ = "dot-signal" if one.is_declared else "edge-soft"
    drawn = el("rect", x=left, y=y - 8, width=right - left, height=16, rx=8, class_=class_)
    if not one.is_declared:
        drawn += "".join(_dot(place(at)[0], y, "ink-fill") for at in times[:MOST_DOTS])
    fits = right + 5 + span(one.words, 11) <= width
    at, anchor = (right + 5, None) if fits else (left - 5, "end")
    return drawn + text(at, y + 4, one.words, "t-small t-halo", text_anchor=anchor)
