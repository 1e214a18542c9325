"""Which conditions combined, and for which of them is there evidence? Read from the outcome outwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from figures.draw import NARROW, WIDE, el, figure, wrap
from figures.factors import (
    EDGE,
    FEET,
    MEDIUM,
    PAPER,
    SLIM,
    SMALL,
    Factor,
    box,
    branches,
    lines,
    mark,
    outcome_box,
    wire,
)

GAP, ROW, INDENT = 32, 15, 18
SLIMMEST, BROADEST = 176, 280  # of a card in a column
DEEPEST_INDENT = 8


def draw(factors: Sequence[Factor], outcome: str = "", width: int = WIDE) -> SafeString:
    """The tree as one SVG of `width` px; pure: nothing is read but the arguments.

    `factors` in the order siblings are to be drawn (parents may come anywhere), `outcome` is what they led to. From
    640 px on columns from left to right, below that an indented list. Text is wrapped, never scaled or cut, and
    what is deeper than the columns reach hangs indented in the last one, so that no factor is left out.
    """
    below = branches(factors)
    title = _title(factors)
    drawing = _Drawing(below)
    outcome = outcome or "What happened"
    height = _columns(drawing, outcome, width) if width > 640 else _outline(drawing, outcome, width)
    return figure("why-tree", width, height, title, drawing.picture, **FEET)


def sizes(factors: Sequence[Factor], outcome: str = "") -> dict[str, SafeString]:
    """For a page: the box's width picks one."""
    widths = {"medium": MEDIUM, "small": SMALL, "slim": SLIM, "narrow": NARROW}
    return {name: draw(factors, outcome, width) for name, width in widths.items()}


@dataclass
class _Drawing:
    below: dict[int | None, list[Factor]]
    cards: str = ""
    wires: str = ""
    cursor: float = 0.0
    at: dict[int, float] = field(default_factory=dict)  # where the wire to a factor ends

    @property
    def picture(self) -> str:
        return self.wires + self.cards

    def stack(self, one: Factor, x: float, width: float) -> None:
        """`one` at the cursor, and all that hangs on it indented beneath; by a list of its own, however deep."""
        waiting: list[tuple[Factor, int, float]] = [(one, 0, 0.0)]
        while waiting:
            each, depth, _ = waiting.pop()
            inset = min(depth, DEEPEST_INDENT if width > 260 else 5) * (INDENT if width > 260 else 10)
            top = self.ask(each, x + inset, width - inset)
            card, height = _card(each, x + inset, top, width - inset)
            self.cards += card
            self.at[each.key] = top + height / 2
            if depth and each.parent is not None:
                foot = self.feet[each.parent]
                self.wires += wire(f"M{x + inset - 8:.1f} {foot:.1f}V{top + 17:.1f}h8")
            self.feet[each.key] = top + height
            self.cursor = top + height + 10
            waiting += [(child, depth + 1, 0.0) for child in reversed(self.below.get(each.key, []))]

    feet: dict[int, float] = field(default_factory=dict)

    def ask(self, one: Factor, x: float, width: float) -> float:
        """Prints the question above a card at the cursor; returns where the card begins."""
        asked = wrap(one.question, width - 6, 11) if one.question else []
        self.cards += lines(x + 2, self.cursor + 10, asked, "muted small", leading=13)
        return self.cursor + len(asked) * 13 + (3 if asked else 0)


def _card(one: Factor, x: float, y: float, width: float) -> tuple[str, float]:
    """Its height follows its words. Dashed: nothing supports it yet."""
    rows = wrap(one.text, width - 44)
    told = wrap(f"{one.level} · {one.support}", width - 44, 11.5)
    also = wrap("also in " + ", ".join(one.also), width - 44, 11) if one.also else []
    more = [f"+ {one.folded} folded"] if one.folded else []
    height = 12 + len(rows) * ROW + (len(told) + len(also) + len(more)) * 14 + 6
    body = el(
        "path",
        d=box(x, y, width, height),
        class_="f-card-soft" if one.is_bare else "f-card",
        fill=PAPER,
        stroke=EDGE,
        stroke_dasharray="4 3" if one.is_bare else None,
        data_key=one.key,
    )
    body += mark(one.level, x + 18, y + 17)
    body += lines(x + 34, y + 20, rows)
    foot = y + 20 + len(rows) * ROW
    body += lines(x + 34, foot, told, "small warn" if one.is_bare else "small muted", leading=14)
    body += lines(x + 34, foot + len(told) * 14, also, "small muted", leading=14)
    body += lines(x + 34, foot + (len(told) + len(also)) * 14, more, "small strong", leading=14)
    return body, height


def _columns(drawing: _Drawing, outcome: str, width: int) -> float:
    first = 150
    depth = _depth(drawing.below)
    count = max(1, min(depth, int((width - first) / (SLIMMEST + GAP))))
    column = min(BROADEST, (width - first - count * GAP) / count)

    def place(one: Factor, level: int) -> float:
        """Draws `one` and what hangs on it; returns the y that its parent's wire should meet."""
        x = first + GAP + level * (column + GAP)
        children = drawing.below.get(one.key, [])
        if level == count - 1:
            drawing.stack(one, x, column)
            drawing.cursor += 4
            return drawing.at[one.key]
        start = drawing.cursor
        middles = [place(child, level + 1) for child in children]
        _, height = _card(one, x, 0, column)
        asked = len(wrap(one.question, column - 6, 11)) * 13 + 3 if one.question else 0
        top = start + asked
        if middles:
            top = max(top, (middles[0] + middles[-1]) / 2 - height / 2)
        end, drawing.cursor = drawing.cursor, top - asked
        drawing.ask(one, x, column)
        drawing.cards += _card(one, x, top, column)[0]
        drawing.cursor = max(end, top + height + 14)
        for middle in middles:
            drawing.wires += _curve(x + column, top + height / 2, x + column + GAP, middle)
        return top + height / 2

    middles = [place(one, 0) for one in drawing.below.get(None, [])]
    rows = wrap(outcome, first - 28, 13.5)
    tall = len(rows) * 16 + 20
    top = max(0.0, ((middles[0] + middles[-1]) / 2 if middles else tall / 2) - tall / 2)
    drawing.cards += outcome_box(box(0, top, first, tall)) + lines(14, top + 23, rows, "strong", leading=16)
    for middle in middles:
        drawing.wires += _curve(first, top + tall / 2, first + GAP, middle)
    return max(drawing.cursor, top + tall) + 4


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (x1 + x2) / 2
    return wire(f"M{x1:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}")


def _outline(drawing: _Drawing, outcome: str, width: int) -> float:
    rows = wrap(outcome, width - 28, 13.5)
    tall = len(rows) * 16 + 18
    drawing.cards += outcome_box(box(1, 1, width - 2, tall)) + lines(14, 22, rows, "strong", leading=16)
    drawing.cursor = tall + 12
    for one in drawing.below.get(None, []):
        drawing.stack(one, 12, width - 13)
        drawing.cursor += 4
    last = drawing.below.get(None, [])
    for one in last:
        drawing.wires += wire(f"M6 {tall + 1:.1f}V{drawing.at[one.key]:.1f}h6")
    return drawing.cursor + 2


def _depth(below: dict[int | None, list[Factor]]) -> int:
    level, depth = below.get(None, []), 0
    while level:
        depth += 1
        level = [child for one in level for child in below.get(one.key, [])]
    return depth


def _title(factors: Sequence[Factor]) -> str:
    systemic = sum(one.level == "systemic" for one in factors)
    bare = sum(one.is_bare for one in factors)
    return f"Why-tree: {len(factors)} contributing factors, {systemic} of them systemic, {bare} without evidence yet."
