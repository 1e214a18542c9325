"""SVG: elements, text that is measured before it is placed."""

from collections.abc import Callable
from math import log
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

WIDE, LARGE, MEDIUM, NARROW = 1060, 616, 520, 316
THIN, BROAD = frozenset(" .,:;'|!iljftrI()[]-·"), frozenset("mwMW@%—→≥≤")
# The pictures of one figure are told apart by class; `.fig-box` in app.css shows the one that fits its place.
SIZES = ((1000, "wide"), (800, "medium"), (640, "small"), (600, "large"), (450, "slim"), (0, "narrow"))


def el(tag: str, *children: str, **attributes: Any) -> str:
    """One element; `class_` and `stroke_width` become `class` and `stroke-width`; None is left out."""
    pairs = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(number(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{pairs}>{inside}</{tag}>" if inside else f"<{tag}{pairs}/>"


def number(value: Any) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def text(x: float, y: float, words: Any, class_: str = "", **attributes: Any) -> str:
    return el("text", escape(str(words)), x=x, y=y, class_=class_ or None, **attributes)


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return el("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", class_="rule")


def figure(
    name: str, width: int, height: float, title: str, body: str, role: str = "img", **attributes: Any
) -> SafeString:
    """The whole picture; its long text alternative is the table the page prints below it.

    With links in it its `role` is `group`: what is within an `img` does not exist for a screen reader.
    """
    size = next(name for least, name in SIZES if width >= least)
    name = f"{name}-{size}"
    svg = el(
        "svg",
        el("title", escape(title), id=f"{name}-title"),
        body,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"fig fig-{size}",
        role=role,
        aria_labelledby=f"{name}-title",
        width=width,
        height=round(height),
        viewBox=f"0 0 {width} {round(height)}",
        **attributes,
    )
    return SafeString(svg)


def span(words: str, size: float = 12) -> float:
    """Estimated width in px, a little generous: the reader's system font is unknown."""
    return size * sum(
        0.36 if c in THIN else 0.93 if c in BROAD else 0.69 if c.isupper() else 0.62 for c in words
    )


def wrap(words: str, width: float, size: float = 12) -> list[str]:
    rows: list[str] = []
    for word in words.split():
        if rows and span(f"{rows[-1]} {word}", size) <= width:
            rows[-1] += f" {word}"
        else:
            rows.append(cut(word, width, size))
    return rows


def cut(words: str, width: float, size: float = 12) -> str:
    """Shortened with an ellipsis, if it must be."""
    if span(words, size) <= width:
        return words
    while words and span(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


Scale = Callable[[float], float]


def linear(domain: tuple[float, float], pixels: tuple[float, float]) -> Scale:
    (a, b), (p, q) = domain, pixels
    return lambda value: p + (value - a) * (q - p) / ((b - a) or 1.0)


def logarithmic(domain: tuple[float, float], pixels: tuple[float, float]) -> Scale:
    scale = linear((log(domain[0]), log(domain[1])), pixels)
    return lambda value: scale(log(max(value, domain[0])))


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    at = [number(float(value)) for value in (x1, y1, x2, y2)]
    return el("path", d=f"M{at[0]} {at[1]}L{at[2]} {at[3]}", class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str, hint: str = "") -> str:
    inside = [el("title", escape(hint))] if hint else []
    return el(
        "rect",
        *inside,
        x=float(x),
        y=float(y),
        width=max(float(width), 0.0),
        height=float(height),
        class_=class_,
    )


def sizes(draw: Callable[[int], SafeString], *widths: int) -> SafeString:
    """The same figure at several widths, of which the page shows the one that fits."""
    return SafeString("".join(draw(width) for width in widths or (WIDE, MEDIUM, NARROW)))


def spoken(seconds: float) -> str:
    """45 s · 27 min · 1 h 05 min · 3 h · 2 d 3 h"""
    if abs(seconds) < 60:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
    days, hours = divmod(round(minutes / 60), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


TICKS = (10, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 864000, 2592000, 31536000)


def time_ticks(low: float, high: float, most: int = 6) -> list[int]:
    """Round lengths within, few enough to be read."""
    within = [tick for tick in TICKS if low <= tick <= high]
    step = -(-len(within) // most) or 1
    return within[::step]
