"""How far did it reach, and along which dependencies? Columns are hops from where it began."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.safestring import SafeString

from core.text import in_words
from figures.draw import NARROW, WIDE, cut, el, figure, rule, text, wrap

WORDS = {
    "major_outage": "major outage",
    "partial_outage": "partial outage",
    "degraded": "degraded",
    "": "not marked, may be reached",
}
CROWD = 8  # cards in a column beyond which unmarked services are told as one line


@dataclass
class Node:
    slug: str
    name: str
    team: str
    state: str
    took: timedelta | None
    needs: list[str] = field(default_factory=list)
    hop: int | None = None


@dataclass(frozen=True)
class BlastRadius:
    title: str
    rows: list[Node]
    wide: SafeString | str
    narrow: SafeString | str


def hops(nodes: dict[str, Node]) -> None:
    """Give each node its distance from the affected services that depend on no other affected one.

    Breadth first along the dependencies, so that a cycle ends and the shortest way counts.
    """
    hit = {slug for slug, node in nodes.items() if node.state}
    origins = [s for s in nodes if s in hit and not hit.intersection(nodes[s].needs)] or sorted(hit)[:1]
    front, distance = list(origins), 0
    while front:
        for slug in front:
            nodes[slug].hop = distance
        found = set(front)
        front = [s for s, n in nodes.items() if n.hop is None and found.intersection(n.needs)]
        distance += 1
    for slug in hit:
        if nodes[slug].hop is None:
            nodes[slug].hop = 0


def blast_radius(nodes: dict[str, Node]) -> BlastRadius:
    """The figure, wide and narrow, and the rows of the table behind it."""
    hops(nodes)
    hit = [n for n in nodes.values() if n.state]
    origins = ", ".join(n.name for n in nodes.values() if n.hop == 0)
    reached = [n for n in nodes.values() if n.hop is not None]
    title = (
        f"{len(hit)} of {len(nodes)} services are or were affected, beginning at {origins}." if hit else ""
    )
    rows = sorted(nodes.values(), key=lambda n: (n.hop is None, n.hop or 0, not n.state, n.name))
    wide = _columns(nodes, title) if reached else ""
    narrow = _rows(nodes, title) if reached else ""
    for node in rows:
        node.needs = [nodes[s].name if s in nodes else s for s in node.needs]
    return BlastRadius(title, rows if hit else [], wide, narrow)


def _by_hop(nodes: dict[str, Node]) -> list[tuple[list[Node], int]]:
    """Per hop the cards drawn and how many unmarked services are only counted."""
    deepest = max(n.hop for n in nodes.values() if n.hop is not None)
    columns = []
    for hop in range(deepest + 1):
        column = sorted((n for n in nodes.values() if n.hop == hop), key=lambda n: (not n.state, n.name))
        shown = column if len(column) <= CROWD else [n for n in column if n.state][: CROWD * 2]
        columns.append((shown, len(column) - len(shown)))
    return columns


def _heading(hop: int) -> str:
    return ["Where it began", "1 hop away"][hop] if hop < 2 else f"{hop} hops away"


def _card(node: Node, x: float, y: float, width: float) -> tuple[str, float]:
    names = wrap(node.name, width - 48, 13)[:2]
    height = 30 + 15 * len(names) + (14 if node.team else 0)
    state = node.state or "unmarked"
    words = WORDS[node.state] + (f", {in_words(node.took)}" if node.took else "")
    body = el("rect", x=x, y=y, width=width, height=height, rx=6, class_=f"s-box s-{state}")
    body += _mark(state, x + 18, y + 19)
    for index, row in enumerate(names):
        body += text(x + 36, y + 20 + 15 * index, row, "t-strong")
    below = y + 20 + 15 * len(names)
    body += text(x + 36, below, cut(words, width - 44))
    if node.team:
        body += text(x + 36, below + 14, cut(node.team, width - 44, 11), "t-muted t-small")
    return body, height


def _mark(state: str, x: float, y: float) -> str:
    """Shape first, colour second: filled square and cross, half, a third, empty dashed."""
    frame = el("rect", x=x - 8, y=y - 8, width=16, height=16, class_=f"m-frame s-{state}")
    if state == "major_outage":
        cross = el(
            "path",
            d=f"M{x - 3.5} {y - 3.5}L{x + 3.5} {y + 3.5}M{x + 3.5} {y - 3.5}L{x - 3.5} {y + 3.5}",
            class_="m-cross",
        )
        return el("rect", x=x - 8, y=y - 8, width=16, height=16, class_=f"m-fill s-{state}") + cross
    share = {"partial_outage": 11, "degraded": 5}.get(state, 0)
    return frame + (
        el("rect", x=x - 8, y=y + 8 - share, width=16, height=share, class_=f"m-fill s-{state}")
        if share
        else ""
    )


def _columns(nodes: dict[str, Node], title: str) -> SafeString:
    columns = _by_hop(nodes)
    gap, top = 44, 40
    width = min(250, (WIDE - gap * (len(columns) - 1)) / len(columns))
    body, wires, deepest = "", "", 0.0
    at: dict[str, tuple[float, float]] = {}
    for hop, (column, more) in enumerate(columns):
        x, y = hop * (width + gap), float(top)
        body += text(x, 14, _heading(hop), "t-strong") + rule(x, 22, x + width, 22)
        for node in column:
            drawn, height = _card(node, x, y, width)
            body += drawn
            at[node.slug] = (x, y + height / 2)
            y += height + 14
        if more:
            body += text(x, y + 6, f"and {more} more, not marked", "t-muted")
            y += 24
        deepest = max(deepest, y)
    for slug, (x, y) in at.items():
        for need in nodes[slug].needs:
            if need in at and at[need][0] < x:
                wires += _wire(at[need][0] + width, at[need][1], x, y, nodes[slug].state or "unmarked")
    return figure(
        "blast-radius",
        WIDE,
        deepest + _untouched_height(nodes),
        title,
        wires + body + _untouched(nodes, deepest, WIDE),
    )


def _wire(x1: float, y1: float, x2: float, y2: float, state: str) -> str:
    bend = (x1 + x2 - 8) / 2
    curve = el(
        "path",
        d=f"M{x1:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2 - 8:.1f} {y2:.1f}",
        class_=f"s-line s-{state}",
    )
    return curve + el(
        "path",
        d=f"M{x2 - 9:.1f} {y2 - 5:.1f}L{x2 - 1:.1f} {y2:.1f}L{x2 - 9:.1f} {y2 + 5:.1f}Z",
        class_=f"m-fill s-{state}",
    )


def _rows(nodes: dict[str, Node], title: str) -> SafeString:
    body, y = "", 14.0
    for hop, (column, more) in enumerate(_by_hop(nodes)):
        body += text(0, y, _heading(hop), "t-strong")
        y += 10
        indent = min(hop, 4) * 14
        for node in column:
            drawn, height = _card(node, indent, y, NARROW - indent)
            if hop:
                body += el(
                    "path",
                    d=f"M{indent - 8} {y - 4:.1f}V{y + 20:.1f}H{indent - 1}",
                    class_=f"s-line s-{node.state or 'unmarked'}",
                )
            body += drawn
            y += height + 10
        if more:
            body += text(indent, y + 8, f"and {more} more, not marked", "t-muted")
            y += 20
        y += 16
    return figure(
        "blast-radius", NARROW, y + _untouched_height(nodes), title, body + _untouched(nodes, y, NARROW)
    )


def _untouched_height(nodes: dict[str, Node]) -> float:
    return 44 if any(n.hop is None for n in nodes.values()) else 4


def _untouched(nodes: dict[str, Node], y: float, width: int) -> str:
    """Services the dependencies do not lead to, told as one line."""
    away = [n.name for n in nodes.values() if n.hop is None]
    if not away:
        return ""
    body = text(0, y + 14, f"Not reached: {len(away)}", "t-strong")
    return body + text(0, y + 32, cut(", ".join(away), width), "t-muted")
