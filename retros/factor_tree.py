"""The tree of factors as pages and figures read it: in order, with what speaks for each and where else it appears."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from figures.factors import Factor as Drawn
from retros.models import ContributingFactor, Retrospective
from retros.vocabulary import Places, recurrences

LARGE = 24  # factors beyond which branches start folded


@dataclass
class Node:
    """A row of the outline. `ends` counts the lists that close after it."""

    factor: ContributingFactor
    depth: int
    above: str = ""  # the words of what it hangs on
    places: Places = field(default_factory=Places)
    below: int = 0  # all that hangs on it, however deep
    is_folded: bool = False
    is_first: bool = False
    is_last: bool = False
    opens: bool = False
    ends: Sequence[int] = ()
    edit_query: str = ""  # the address of the board with this row edited in place
    fold_query: str = ""  # the address of the page with this branch folded, or unfolded again

    @property
    def pk(self) -> int:
        return self.factor.pk


@dataclass(frozen=True)
class Tree:
    nodes: list[Node]  # all, depth first
    shown: list[Node]  # without what is folded away
    opened: set[int]  # the factors that would be folded, were it not for the one asked for below them

    @property
    def hidden(self) -> int:
        return len(self.nodes) - len(self.shown)

    def with_branches(self, key: int) -> set[int]:
        """A factor and all that hangs on it."""
        found: set[int] = set()
        depth: int | None = None
        for node in self.nodes:
            if node.pk == key:
                depth = node.depth
            elif depth is not None and node.depth <= depth:
                break
            if depth is not None:
                found.add(node.pk)
        return found


def tree_of(
    retrospective: Retrospective,
    user: Any,
    *,
    toggled: Container[int] = (),
    unfolded: bool = False,
    at: int | None = None,
) -> Tree:
    """`toggled` are the factors whose branches are shown other than they would be by themselves.

    The factor `at` is never folded away.
    """
    rows = list(retrospective.factors.with_evidence())
    places = recurrences(retrospective, user) if user is not None and rows else {}
    keys = {row.pk for row in rows}
    children: dict[int | None, list[ContributingFactor]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in keys else None, []).append(row)
    nodes = _walk(children, places)
    _count_below(nodes)
    for node in nodes:
        starts_folded = len(nodes) > LARGE and node.depth >= 1
        node.is_folded = bool(node.below) and not unfolded and (starts_folded != (node.factor.pk in toggled))
    opened = _open_above(nodes, at)
    return Tree(nodes, _shown(nodes), opened)


def drawn(nodes: Sequence[Node], *, is_folding: bool = False) -> list[Drawn]:
    """For the figures. With `is_folding` those folded say how many hang on them."""
    return [
        Drawn(
            key=node.factor.pk,
            text=node.factor.text,
            parent=node.factor.parent_id,
            question=node.factor.question,
            category=node.factor.category,
            level=node.factor.level,
            evidence=node.factor.evidence_count,
            is_confirmed=node.factor.is_confirmed,
            also=node.places.names,
            folded=node.below if is_folding and node.is_folded else 0,
        )
        for node in nodes
    ]


def factors_for_figures(retrospective: Retrospective, user: Any = None) -> list[Drawn]:
    """All of them, for an export. Where else they appear is told only to a `user`, within that person's reach."""
    return drawn(tree_of(retrospective, user, unfolded=True).nodes)


def _walk(children: dict[int | None, list[ContributingFactor]], places: dict[int, Places]) -> list[Node]:
    nodes: list[Node] = []
    texts: dict[int | None, str] = {row.pk: row.text for siblings in children.values() for row in siblings}
    waiting = [(row, 0, n) for n, row in reversed(list(enumerate(children.get(None, []))))]
    while waiting:
        row, depth, number = waiting.pop()
        siblings = children.get(row.parent_id, children.get(None, []))
        nodes.append(
            Node(
                row,
                depth,
                above=texts.get(row.parent_id, ""),
                places=places.get(row.factor_id, Places()),
                is_first=number == 0,
                is_last=number == len(siblings) - 1,
            )
        )
        waiting += [(one, depth + 1, n) for n, one in reversed(list(enumerate(children.get(row.pk, []))))]
    return nodes


def _count_below(nodes: list[Node]) -> None:
    above: list[Node] = []
    for node in nodes:
        del above[node.depth :]
        for one in above:
            one.below += 1
        above.append(node)


def _open_above(nodes: list[Node], key: int | None) -> set[int]:
    """Unfold what hides the factor `key`; the factors that were folded."""
    by_key: dict[int | None, Node] = {node.pk: node for node in nodes}
    opened: set[int] = set()
    node = by_key.get(key)
    while node is not None and (node := by_key.get(node.factor.parent_id)) is not None:
        if node.is_folded:
            node.is_folded = False
            opened.add(node.pk)
    return opened


def _shown(nodes: list[Node]) -> list[Node]:
    """Those no folded branch hides, told where lists begin and end."""
    shown: list[Node] = []
    folded_at: int | None = None
    for node in nodes:
        if folded_at is not None and node.depth > folded_at:
            continue
        folded_at = node.depth if node.is_folded else None
        shown.append(node)
    for node, after in zip(shown, [*shown[1:], None], strict=False):
        next_depth = after.depth if after else 0
        node.opens = next_depth > node.depth
        node.ends = range(node.depth - next_depth) if next_depth < node.depth else ()
    return shown
