"""Contributing factors, as the why-tree and the fishbone draw them; and the marks both share.

Every shape carries its colours as presentation attributes, so that a drawing stands by itself on paper and in an
export; on a page the stylesheet's classes win over them and follow the theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from figures.draw import el, text

BONES = ("People", "Process", "Platform", "Code", "Data")
NO_BONE = "No category yet"
MEDIUM, SMALL = 920, 700  # beside the section list of a retrospective, on a desk and on a small one
SLIM = 480  # beside the outline
INK, MUTED, EDGE, PAPER = "#14181f", "#555b66", "#767c87", "#ffffff"
TINTS = {"proximate": "#8a5300", "systemic": "#7b2d94"}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
FEET: dict[str, Any] = {"font_family": FONT, "font_size": 12, "fill": INK}  # of the whole drawing


@dataclass(frozen=True)
class Factor:
    """One node. `parent` is the key of the factor it hangs on; siblings are drawn in the order given.

    `evidence` counts what speaks for it. `also` names the other places it appears in: only those every reader of
    the drawing may know of. `folded` counts what hangs on it and is left out of this drawing.
    """

    key: int
    text: str
    parent: int | None = None
    question: str = ""
    category: str = ""
    level: str = "proximate"
    evidence: int = 0
    is_confirmed: bool = False
    also: tuple[str, ...] = ()
    folded: int = 0

    @property
    def support(self) -> str:
        if self.is_confirmed:
            return f"supported by {self.evidence}" if self.evidence else "supported"
        return f"evidence {self.evidence}" if self.evidence else "no evidence yet"

    @property
    def is_bare(self) -> bool:
        return not (self.evidence or self.is_confirmed)


def branches(factors: Sequence[Factor]) -> dict[int | None, list[Factor]]:
    """Children by parent. What hangs on a factor that is not given is first in line, so that none is lost."""
    keys = {one.key for one in factors}
    found: dict[int | None, list[Factor]] = {}
    for one in factors:
        found.setdefault(one.parent if one.parent in keys else None, []).append(one)
    return found


def mark(level: str, x: float, y: float, size: float = 16) -> str:
    """Shape first, colour second: a wedge near the failure, linked points for how we work."""
    k = size / 16
    if level == "proximate":
        body = el("path", d="M-6 -5.5L6 0L-6 5.5Z", class_="f-fill", fill=TINTS[level])
    else:
        points = ((0, -5), (-5, 4), (5, 4))
        body = el(
            "path",
            d="M0 -5L-5 4H5Z",
            class_="f-line",
            fill="none",
            stroke=TINTS["systemic"],
            stroke_width=1.4,
        ) + "".join(
            el("circle", cx=cx, cy=cy, r=2.6, class_="f-fill", fill=TINTS["systemic"]) for cx, cy in points
        )
    return el("g", body, class_=f"f-{level}", transform=f"translate({x:.1f} {y:.1f}) scale({k:.3f})")


def wire(path: str, *, is_soft: bool = False) -> str:
    return el(
        "path",
        d=path,
        class_="f-edge-soft" if is_soft else "f-edge",
        fill="none",
        stroke=EDGE,
        stroke_dasharray="2 3" if is_soft else None,
    )


def said(x: float, y: float, words: str, kind: str = "", **attributes: object) -> str:
    """Text of one of the kinds: strong, muted, small, warn; several parted by spaces."""
    kinds = kind.split()
    attributes |= {"font_size": 11} if "small" in kinds else {"font_size": 13} if "strong" in kinds else {}
    attributes |= {"font_weight": 600} if {"strong", "warn"} & set(kinds) else {}
    attributes |= (
        {"fill": MUTED} if "muted" in kinds else {"fill": TINTS["proximate"]} if "warn" in kinds else {}
    )
    classes = " ".join(f"t-{one}" if one != "warn" else "f-warn" for one in kinds)
    return text(x, y, words, classes, **attributes)


def lines(
    x: float, y: float, rows: list[str], kind: str = "", leading: float = 15, **attributes: object
) -> str:
    return "".join(said(x, y + leading * n, row, kind, **attributes) for n, row in enumerate(rows))


def outcome_box(path_or_box: str) -> str:
    """The box of what happened; `path_or_box` is the `d` of its outline."""
    return el("path", d=path_or_box, class_="f-outcome", fill="#fbeceb", stroke="#a3201b", stroke_width=1.5)


def box(x: float, y: float, width: float, height: float, r: float = 6) -> str:
    """The outline of a rounded box, as path data."""
    across, down = width - 2 * r, height - 2 * r
    return (
        f"M{x + r:.1f} {y:.1f}h{across:.1f}a{r} {r} 0 0 1 {r} {r}v{down:.1f}a{r} {r} 0 0 1 -{r} {r}"
        f"h-{across:.1f}a{r} {r} 0 0 1 -{r} -{r}v-{down:.1f}a{r} {r} 0 0 1 {r} -{r}Z"
    )
