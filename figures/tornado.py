"""What would it take? What each phase would save if it were shorter, and cost if it were longer; the longest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from figures.draw import WIDE, Scale, cut, figure, line, linear, rect, span, text

BAR = 22


@dataclass(frozen=True)
class Lever:
    """`saved` and `added` in `words`; `low` and `high` is what can be saved in 95% of the draws."""

    name: str
    spent: str
    saved: float
    added: float
    saved_words: str
    added_words: str
    note: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Said:
    """`shorter` and `longer` head the two sides, `whole` stands above the middle."""

    whole: str
    shorter: str
    longer: str


def tornado(title: str, levers: Sequence[Lever], said: Said, width: int) -> SafeString:
    wide = width >= WIDE
    left, right = (270.0, width - 220.0) if wide else (0.0, float(width))
    x = _scale(levers, left, right)
    body = text(left, 14, f"◂ {said.shorter}", "t-good")
    body += text(right, 14, f"{said.longer} ▸", "t-bad", text_anchor="end")
    whole = span(said.whole, 14) / 2
    body += text(
        min(max(x(0), left + whole), right - whole), 36, said.whole, "t-strong", text_anchor="middle"
    )
    y, top = 50.0, 44.0
    for place, one in enumerate(levers):
        if wide:
            body += text(0, y + 15, cut(one.name, left - 110, 13), "t-strong")
            body += text(left - 16, y + 15, one.spent, "t-muted", text_anchor="end")
            body += text(right + 16, y + 15, cut(one.note, width - right - 16))
        else:
            body += text(0, y + 10, one.name, "t-strong t-halo")
            body += text(width, y + 10, one.spent, "t-muted", text_anchor="end")
            y += 16
        body += _bars(one, y, x, is_best=place == 0)
        y += BAR + (12 if wide else 14)
    return figure("tornado", width, y, title, line(x(0), top, x(0), y - 6, "ink") + body)


def _scale(levers: Sequence[Lever], left: float, right: float) -> Scale:
    """So that the words beside the longest bars have room."""
    saved = max((_reach(one) for one in levers), default=0) or 1.0
    added = max((one.added for one in levers), default=0) or saved
    words = max((span(one.saved_words, 13.5) for one in levers), default=0) + 8
    more = max((span(one.added_words, 11.5) for one in levers), default=0) + 8
    return linear((-saved, added), (left + words, right - more))


def _reach(one: Lever) -> float:
    return max(one.saved, one.high or 0)


def _bars(one: Lever, y: float, x: Scale, *, is_best: bool) -> str:
    zero = x(0)
    body = rect(
        x(-one.saved), y, zero - x(-one.saved), BAR, "saves-best" if is_best else "saves", one.saved_words
    )
    body += rect(zero, y, x(one.added) - zero, BAR, "costs", one.added_words)
    if one.low is not None and one.high is not None:
        middle = y + BAR / 2
        body += line(x(-one.high), middle, x(-one.low), middle, "whisker")
        for end in (one.low, one.high):
            body += line(x(-end), middle - 4, x(-end), middle + 4, "whisker")
    body += text(x(-_reach(one)) - 6, y + 15, one.saved_words, "t-strong", text_anchor="end")
    return body + text(x(one.added) + 6, y + 15, one.added_words, "t-small")
