"""Did we speak when we said we would? Promised against published, one strip an audience; overdue is hatched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.safestring import SafeString

from core.text import in_words
from figures.draw import NARROW, WIDE, el, figure, number, span, text

BAR = 18
BUBBLE = "M-6.5 -6H6.5V3.2H-1L-4.5 6.6V3.2H-6.5Z"  # in a box of 16 × 16 around 0, 0


@dataclass(frozen=True)
class Part:
    """From one word to the next: until `due` in time, after it overdue."""

    since: datetime
    due: datetime
    ended: datetime
    is_late: bool


@dataclass(frozen=True)
class Strip:
    name: str
    says: str
    began: datetime
    until: datetime
    parts: list[Part]
    words: list[datetime]
    next_due: datetime | None  # still ahead, or overdue
    is_over: bool


def cadence(title: str, strips: list[Strip]) -> dict[str, SafeString]:
    """The figure, wide and narrow. Its text alternative is the table that the page prints below it."""
    return {size: _draw(title, strips, width) for size, width in (("wide", WIDE), ("narrow", NARROW))}


def _draw(title: str, strips: list[Strip], width: int) -> SafeString:
    hatch = f"cadence-late-{width}"
    body, y = _hatch(hatch), 16.0
    for strip in strips:
        drawn, y = _strip(strip, width, y, hatch)
        body += drawn
    body += _bubble(7, y - 4, 12) + text(18, y, "published", "t-muted t-small")
    body += _pin(98, y - 14, 12) + text(106, y, "due, missed", "t-muted t-small")
    note = "On time allows a grace of 2 min or 10% of the wait."
    if width > NARROW:
        body += text(width, y, note, "t-muted t-small", text_anchor="end")
    else:
        y += 18
        body += text(0, y, note, "t-muted t-small")
    return figure("cadence", width, y + 8, title, body)


def _strip(strip: Strip, width: int, y: float, hatch: str) -> tuple[str, float]:
    now = timezone.now()
    stop = strip.until
    last = max([stop, *([strip.next_due] if strip.next_due else [])])
    place = _scale(strip.began, last, width - 4)
    body = text(0, y, strip.name, "t-strong")
    if width > NARROW:
        body += text(width, y, strip.says, text_anchor="end")
    else:
        for row in strip.says.rsplit(", ", 1):
            y += 16
            body += text(0, y, row)
    top = y + 26
    reach = place(stop)
    body += el("rect", x=0, y=top, width=reach, height=BAR, class_="calm")
    for part in strip.parts:
        if part.ended > part.due:
            body += _late(part, place, top, width, hatch)
    for part in strip.parts:
        if part.is_late:
            body += _pin(place(part.due), top - 3, BAR + 7)
    for at in strip.words:
        if strip.began <= at <= stop:
            body += _bubble(max(place(at), 6.0), top + BAR / 2, 14)
    foot = top + BAR + 20
    body += text(0, foot, _clock(strip.began), "t-muted t-small")
    if strip.is_over:
        body += _line(reach, top - 8, top + BAR + 8, "ink")
        body += text(width, foot, f"resolved {_clock(stop)}", "t-small t-good", text_anchor="end")
    elif strip.next_due:
        body += _line(reach, top - 6, top + BAR + 6, "now")
        left = strip.next_due - now
        words = f"next due {_clock(strip.next_due)}"
        if left >= timedelta():
            body += el(
                "rect", x=reach, y=top, width=max(place(last) - reach, 0.0), height=BAR, class_="edge-soft"
            )
            words += f", in {in_words(left)}"
        else:
            words = f"due {_clock(strip.next_due)}, {in_words(-left)} overdue"
        body += text(
            width,
            foot,
            words,
            "t-small t-this" if left >= timedelta() else "t-small t-bad",
            text_anchor="end",
        )
    return body, foot + 34


def _late(part: Part, place: Callable[[datetime], float], top: float, width: int, hatch: str) -> str:
    x, reach = place(part.due), place(part.ended) - place(part.due)
    words = f"{in_words(part.ended - part.due)} overdue"
    box = {"x": x, "y": top, "width": reach, "height": BAR}
    drawn = el("rect", **box, class_="calm-cut") + el("rect", **box, fill=f"url(#{hatch})")
    drawn += el("rect", el("title", words), **box, class_="late-frame")
    if not part.is_late:
        return drawn
    return drawn + text(min(x, width - 4 - span(words, 12.5)), top - 6, words, "t-bad t-small t-halo")


def _scale(began: datetime, last: datetime, width: float) -> Callable[[datetime], float]:
    whole = (last - began).total_seconds() or 1.0
    return lambda at: min(max((at - began).total_seconds() / whole, 0.0), 1.0) * width


def _clock(moment: datetime) -> str:
    """Local; a day only where it is not today."""
    local = timezone.localtime(moment)
    day = "" if local.date() == timezone.localdate() else f"{local.day} {local:%b} "
    return f"{day}{local:%H:%M}"


def _bubble(x: float, y: float, size: float) -> str:
    turn = f"translate({number(float(x))} {number(float(y))}) scale({size / 16:.3g})"
    return el("path", d=BUBBLE, class_="m-word", transform=turn)


def _pin(x: float, y: float, height: float) -> str:
    return _line(x, y, y + height, "ink") + el(
        "circle", cx=float(x), cy=float(y + height), r=2.6, class_="ink-fill"
    )


def _line(x: float, top: float, bottom: float, class_: str) -> str:
    at = number(float(x))
    return el("path", d=f"M{at} {number(float(top))}V{number(float(bottom))}", class_=class_)


def _hatch(name: str) -> str:
    stripes = el("path", d="M0 0V5", class_="hatch-bad")
    pattern = el(
        "pattern",
        stripes,
        id=name,
        width=5,
        height=5,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return el("defs", pattern)
