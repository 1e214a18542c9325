"""A section for whoever reads it: HTML of its Markdown, hints still open, two versions side by side."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.models import User
from coediting.diff import opcodes
from retros.language import Hint, hints
from retros.models import HintDismissal, HintWord, Participant, Retrospective


def open_hints(retrospective: Retrospective, place: str, text: str) -> list[Hint]:
    """Those nobody has looked at and left, with the installation's own words and the names of who takes part."""
    own = HintWord.objects.values_list("words", "ask")
    names = set(_people(retrospective).values_list("name", flat=True))
    left = set(
        HintDismissal.objects.filter(retrospective=retrospective, place=place).values_list("rule", "found")
    )
    return [h for h in hints(text, own, names=names) if (h.rule, h.found[:300]) not in left]


def _people(retrospective: Retrospective) -> QuerySet[User]:
    """Those whose names may stand beside blame: whoever takes part in it or leads it."""
    leading = (retrospective.owner_id, retrospective.facilitator_id, retrospective.note_taker_id)
    seated = Participant.objects.filter(retrospective=retrospective).values("user")
    return User.objects.filter(Q(pk__in=[pk for pk in leading if pk]) | Q(pk__in=seated))


def hints_left_open(retrospective: Retrospective) -> int:
    """How many hints of all its sections nobody has followed or left; all that is needed in one query."""
    empty = Value("", output_field=TextField())

    def rows(kind: str, queryset: QuerySet, *columns: str) -> QuerySet:
        names = {f"c{n}": Cast(column, TextField()) for n, column in enumerate(columns)}
        rest = {f"c{n}": empty for n in range(len(columns), 3)}
        told = queryset.order_by().annotate(kind=Value(kind, output_field=TextField()), **names, **rest)
        return told.values_list("kind", "c0", "c1", "c2")

    found: dict[str, list[tuple[str, str, str]]] = {}
    for kind, *columns in rows("text", retrospective.documents.exclude(text=""), "section", "text").union(
        rows("word", HintWord.objects.all(), "words", "ask"),
        rows("left", retrospective.hint_dismissals.all(), "place", "rule", "found"),
        rows("name", _people(retrospective), "name"),
    ):
        found.setdefault(kind, []).append(tuple(columns))
    left, own = set(found.get("left", ())), [row[:2] for row in found.get("word", ())]
    names = {row[0] for row in found.get("name", ())}
    return sum(
        (place, hint.rule, hint.found[:300]) not in left
        for place, text, _ in found.get("text", ())
        for hint in hints(text, own, names=names)
    )


def as_json(found: list[Hint]) -> list[dict[str, Any]]:
    return [asdict(hint) for hint in found]


MOST_LINES = 10_000
MOST_EFFORT = 200_000
"""Pairs of words that a comparison looks at; lines beyond that are marked as changed as a whole."""


@dataclass(frozen=True)
class Compared:
    """One line of two versions; `kind` is same, gone, new or changed."""

    kind: str
    before: list[tuple[bool, str]]
    after: list[tuple[bool, str]]


def side_by_side(before: str, after: str) -> list[Compared]:
    """Line by line, and within a changed line word by word: (whether it differs, words)."""
    old, new = before.split("\n")[:MOST_LINES], after.split("\n")[:MOST_LINES]
    rows: list[Compared] = []
    effort = MOST_EFFORT
    for what, from_, to, first, last in opcodes(old, new):
        if what == "equal":
            rows += [Compared("same", [(False, line)], [(False, line)]) for line in old[from_:to] if line]
            continue
        for n in range(max(to - from_, last - first)):
            gone = old[from_ + n] if from_ + n < to else None
            come = new[first + n] if first + n < last else None
            if gone is not None and come is not None:
                effort -= gone.count(" ") * come.count(" ")
                is_close = effort > 0
                rows.append(
                    Compared(
                        "changed", *(_words(gone, come) if is_close else ([(True, gone)], [(True, come)]))
                    )
                )
            elif gone is not None:
                rows.append(Compared("gone", [(True, gone)], []))
            else:
                rows.append(Compared("new", [], [(True, come or "")]))
    return rows


def _words(before: str, after: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    old, new = list(_split(before)), list(_split(after))
    left: list[tuple[bool, str]] = []
    right: list[tuple[bool, str]] = []
    for what, from_, to, first, last in opcodes(old, new):
        if to > from_:
            left.append((what != "equal", "".join(old[from_:to])))
        if last > first:
            right.append((what != "equal", "".join(new[first:last])))
    return left, right


def _split(line: str) -> Iterator[str]:
    """Words with the space after them."""
    for word in line.split(" "):
        yield word + " "


def action_items() -> Any:
    """All action items: an ActionItemQuerySet. Their app is above this one, so they are found by their relation."""
    return Retrospective._meta.get_field("action_items").related_model._default_manager.all()
