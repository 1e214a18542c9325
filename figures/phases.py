"""Where does the time go? Phases as parts of one bar for all, and of a bar for each of the latest."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from figures.draw import NARROW, WIDE, cut, el, figure, line, linear, rect, span, spoken, text, time_ticks


@dataclass(frozen=True)
class Bar:
    name: str
    url: str
    parts: Sequence[float]


def phases(
    title: str, names: dict[str, str], sums: Sequence[float], bars: Sequence[Bar], width: int
) -> SafeString:
    """`names`: {phase: words}, in the order of `sums` and of every bar's parts; lengths in seconds."""
    wide = width >= WIDE
    left, right = (300, width - 90) if wide else (0, width - 8)
    whole = sum(sums) or 1.0
    body, y, at = text(0, 14, "All of them, summed", "t-strong"), 14.0 if wide else 36.0, float(left)
    for phase, spent in zip(names, sums, strict=True):
        reach = (right - left) * spent / whole
        body += rect(at, y - 12, max(reach - 2, 0), 24, f"part p-{phase}", f"{names[phase]}: {spoken(spent)}")
        if reach > 40:
            body += text(at + 8, y + 4, f"{spent / whole * 100:.0f}%", "t-strong")
        at += reach
    y += 32
    for (phase, words), spent in zip(names.items(), sums, strict=True):
        body += rect(left, y - 10, 10, 10, f"part p-{phase}")
        body += text(left + 16, y, f"{words}: {spoken(spent)}, {spent / whole * 100:.0f}%")
        y += 18
    if not bars:
        return figure("phases", width, y + 4, title, body, role="group")
    y += 16
    body += text(0, y, f"The latest {len(bars)}", "t-strong")
    y += 18
    limit = _limit([sum(bar.parts) for bar in bars])
    x = linear((0, limit), (left, right - (0 if wide else 56)))
    top = y - 6
    for bar in bars:
        body += _name(bar, y, left, width, wide)
        level = y if wide else y + 16
        begin = 0.0
        for phase, spent in zip(names, bar.parts, strict=True):
            stop = min(begin + spent, limit)
            if begin < limit and spent:
                body += rect(
                    x(begin),
                    level,
                    max(x(stop) - x(begin) - 2, 1),
                    14,
                    f"part p-{phase}",
                    f"{names[phase]}: {spoken(spent)}",
                )
            begin += spent
        if begin > limit:
            body += el("path", d=f"M{x(limit) - 14:.1f} {level + 16:.1f}l4 -18h5l-4 18z", class_="paper")
        body += text(x(min(begin, limit)) + 6, level + 11, spoken(begin), "t-small t-strong")
        y += 24 if wide else 40
    grid = ""
    for tick in time_ticks(limit / 6, limit, 3 if width == NARROW else 5):
        grid += line(x(tick), top, x(tick), y, "rule")
        grid += text(x(tick), y + 14, spoken(tick), "t-muted t-small", text_anchor="middle")
    return figure("phases", width, y + 22, title, grid + body, role="group")


def _limit(lengths: Sequence[float]) -> float:
    """The axis: what three in four fit into with room, so that one of three days does not flatten the others."""
    middle = sorted(lengths)[int(len(lengths) * 0.75)] if lengths else 3600.0
    return max(min(max(lengths, default=3600.0), middle * 2), 600.0)


def _name(bar: Bar, y: float, left: float, width: int, wide: bool) -> str:
    room = left - 12 if wide else width
    words = cut(bar.name, room, 12)
    label = text(0, y + 11, words, "t-link")
    return el("a", el("title", escape(bar.name)), label, href=bar.url, tabindex=-1) if span(words) else ""
