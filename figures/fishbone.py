"""Where do the factors lie, and where has nobody looked? The factors of the why-tree, sorted onto five bones."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from figures.draw import NARROW, WIDE, el, figure, wrap
from figures.factors import (
    BONES,
    FEET,
    INK,
    MEDIUM,
    NO_BONE,
    SLIM,
    SMALL,
    Factor,
    box,
    lines,
    mark,
    outcome_box,
    said,
    wire,
)

ROW = 14
STEEPEST, FARTHEST = 0.32, 96  # px a bone leans per px of height, and at most in all
HEAD = 150

Twig = tuple[Factor, list[str], float]  # with its wrapped lines and its height


def draw(factors: Sequence[Factor], outcome: str = "", width: int = WIDE, *, asks: bool = True) -> SafeString:
    """The fishbone as one SVG of `width` px; pure: nothing is read but the arguments.

    From 800 px on a skeleton, below that the bones one under another. Height follows the words, nothing is cut; a
    factor on no bone yet is listed under the rest. A bone without a factor asks for one unless `asks` is false.
    """
    by_bone = {bone: [one for one in factors if one.category == bone] for bone in BONES}
    loose = [one for one in factors if one.category not in BONES]
    outcome = outcome or "What happened"
    body, height = (_skeleton if width >= 800 else _stacked)(by_bone, loose, outcome, width, asks)
    return figure("fishbone", width, height, _title(by_bone, loose), body, **FEET)


def sizes(factors: Sequence[Factor], outcome: str = "", *, asks: bool = True) -> dict[str, SafeString]:
    """For a page: the box's width picks one."""
    widths = {"medium": MEDIUM, "small": SMALL, "slim": SLIM, "narrow": NARROW}
    return {name: draw(factors, outcome, width, asks=asks) for name, width in widths.items()}


def _twigs(mine: list[Factor], width: float) -> list[Twig]:
    found = []
    for one in mine:
        rows = wrap(one.text, width - 14)
        rows[-1] += " ?" if one.is_bare else ""
        found.append((one, rows, len(rows) * ROW + 8.0))
    return found


def _skeleton(
    by_bone: dict[str, list[Factor]], loose: list[Factor], outcome: str, width: int, asks: bool
) -> tuple[str, float]:
    """Each side's height follows its fullest bone, so that no twig is squeezed."""
    order = sorted(BONES, key=lambda bone: len(by_bone[bone]), reverse=True)
    above, under = sorted(order[::2], key=BONES.index), sorted(order[1::2], key=BONES.index)
    room = {side: (width - HEAD - FARTHEST) / len(side) for side in (tuple(above), tuple(under))}

    def reach(side: list[str]) -> float:
        space = _text_width(room[tuple(side)])
        return max(90.0, *(sum(h for *_, h in _twigs(by_bone[bone], space)) + 44 for bone in side))

    top = reach(above)
    bottom = reach(under)
    spine = top + 12
    body = el(
        "path",
        d=f"M0 {spine:.1f}H{width - HEAD}",
        class_="f-spine",
        fill="none",
        stroke=INK,
        stroke_width=3,
    )
    for side, height, sign in ((above, top, -1), (under, bottom, 1)):
        for number, bone in enumerate(side):
            foot = FARTHEST + (number + 1) * room[tuple(side)] - 14
            space = _text_width(room[tuple(side)])
            body += _bone(bone, by_bone[bone], foot, spine, height, sign, space, asks)
    rows = wrap(outcome, HEAD - 36, 13.5)
    tall = len(rows) * 16 + 28
    left, right = width - HEAD, width - 1
    body += outcome_box(
        f"M{left} {spine - tall / 2:.1f}H{right - 14}L{right} {spine:.1f}L{right - 14} {spine + tall / 2:.1f}H{left}Z"
    )
    body += lines(left + 12, spine - tall / 2 + 26, rows, "strong", leading=16)
    foot = max(spine + bottom + 22, spine + tall / 2 + 16)
    drawn, foot = _loose(loose, foot, width)
    return body + drawn + _key(0, foot + 8), foot + 20


def _bone(
    bone: str,
    mine: list[Factor],
    foot: float,
    spine: float,
    reach: float,
    sign: int,
    space: float,
    asks: bool,
) -> str:
    lean = min(STEEPEST, FARTHEST / reach)
    tip, end = foot - (reach - 24) * lean, spine + sign * (reach - 24)
    body = wire(f"M{foot:.1f} {spine:.1f}L{tip:.1f} {end:.1f}", is_soft=not mine)
    body += said(tip + 2, spine + sign * (reach - 14) + 4, f"{bone} {len(mine)}", "strong", text_anchor="end")
    y = end + (8 if sign < 0 else -8)
    if not mine and asks:
        words = ["No factor named.", f"What part did {bone.lower()} play?"]
        top = y + (8 if sign < 0 else -22)
        return body + lines(tip - 6, top, words, "muted", ROW, text_anchor="end")
    for one, rows, height in _twigs(mine, space):
        start = y if sign < 0 else y - height
        middle = start + 4 + ROW / 2
        x = foot - abs(middle - spine) * lean
        body += wire(f"M{x - 8:.1f} {middle:.1f}H{x:.1f}") + mark(one.level, x - 16, middle, 13)
        body += lines(x - 28, middle + 4, rows, "", ROW, text_anchor="end", data_key=one.key)
        y -= sign * height
    return body


def _text_width(room: float) -> float:
    """Twigs hang left of their bone and end before the neighbour's, which leans the same way."""
    return min(room - 58, 270)


def _loose(loose: list[Factor], y: float, width: float) -> tuple[str, float]:
    if not loose:
        return "", y
    body = said(0, y + 6, f"{NO_BONE} {len(loose)}", "strong")
    y += 14
    for one, rows, height in _twigs(loose, width - 40):
        body += mark(one.level, 10, y + 9, 13) + lines(24, y + 13, rows, "", ROW, data_key=one.key)
        y += height
    return body, y + 12


def _key(x: float, y: float) -> str:
    body = mark("proximate", x + 8, y - 4, 13) + said(x + 20, y, "proximate", "muted small")
    body += mark("systemic", x + 98, y - 4, 13) + said(x + 110, y, "systemic", "muted small")
    return body + said(x + 182, y, "?") + said(x + 194, y, "no evidence yet", "muted small")


def _stacked(
    by_bone: dict[str, list[Factor]], loose: list[Factor], outcome: str, width: int, asks: bool
) -> tuple[str, float]:
    rows = wrap(outcome, width - 28, 13.5)
    y = float(len(rows) * 16 + 20)
    body = outcome_box(box(1, 1, width - 2, y - 1)) + lines(14, 24, rows, "strong", leading=16)
    spine = y
    for bone in BONES:
        y += 26
        body += el(
            "path", d=f"M6 {y - 5:.1f}H20", class_="f-spine", fill="none", stroke=INK, stroke_width=1.5
        )
        body += said(26, y, f"{bone} {len(by_bone[bone])}", "strong")
        last, y = y - 5, y + 10
        if asks and not by_bone[bone]:
            body += said(50, y + 12, f"No factor named. What part did {bone.lower()} play?", "muted small")
            y += 20
        for one, words, height in _twigs(by_bone[bone], width - 64):
            body += wire(f"M26 {y + 9:.1f}H34") + mark(one.level, 42, y + 8, 13)
            body += lines(54, y + 12, words, "", ROW, data_key=one.key)
            body += wire(f"M26 {last + 7:.1f}V{y + 9:.1f}")
            last, y = y + 2, y + height + 4
    body += el(
        "path", d=f"M6 {spine:.1f}V{y - 2:.1f}", class_="f-spine", fill="none", stroke=INK, stroke_width=1.5
    )
    drawn, y = _loose(loose, y + 20, width)
    return body + drawn + _key(0, y + 16), y + 26


def _title(by_bone: dict[str, list[Factor]], loose: list[Factor]) -> str:
    told = ", ".join(f"{bone} {len(mine)}" for bone, mine in by_bone.items())
    return f"Fishbone: {told}" + (f", without a category {len(loose)}." if loose else ".")
