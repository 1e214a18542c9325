"""SVG: elements, text that is measured before it is placed."""

from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

WIDE, NARROW = 1060, 316
THIN, BROAD = frozenset(" .,:;'|!iljftrI()[]-·"), frozenset("mwMW@%—→≥≤")


# The pictures of one figure are told apart by class; `.fig-box` in app.css shows the one that fits its place.
SIZES = ((1000, "wide"), (800, "medium"), (640, "small"), (400, "middle"), (0, "narrow"))


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


def figure(name: str, width: int, height: float, title: str, body: str, **attributes: Any) -> SafeString:
    """The whole picture; its long text alternative is the table the page prints below it."""
    size = next(name for least, name in SIZES if width > least)
    name = f"{name}-{size}"
    svg = el(
        "svg",
        el("title", escape(title), id=f"{name}-title"),
        body,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"fig fig-{size}",
        role="img",
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
