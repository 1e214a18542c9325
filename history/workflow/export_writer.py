"""Everything as JSON lines, that imports back identically."""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from accounts.models import User
from history.access import Access
from history.external_references import outside_id
from history.rows import FAR, INCIDENT, NAMED, RETROSPECTIVE, VERSION, WHOLES, Table, Whole, is_many
from history.source import LONGEST_ENTRY
from history.workflow.attachments import pieces_of
from retros.ballots import SHOWN_FROM
from retros.models import Ballot, ClosedQuestion, Factor
from retros.workflow.writing import compact_documents

BATCH = 100


class _Whole(DjangoJSONEncoder):
    """Instants keep their microseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def everything(access: Access, *, with_files: bool = True) -> Iterator[str]:
    """What is pointed to before what points to it: incidents, retrospectives, and so on; files at the end.

    Constant memory, and queries per hundred lines, not per line.
    """
    while compact_documents():
        pass
    for key, rows in access.wholes().items():
        yield from lines_of(WHOLES[key], rows, access)
    if with_files:
        for piece in pieces_of(access.incidents()):
            yield _line(piece)


def told_too_long(count: int) -> str:
    """What to say of so many lines that no import would take; empty for none."""
    if not count:
        return ""
    lines = "One line is" if count == 1 else f"{count} lines are"
    return f"{lines} longer than {LONGEST_ENTRY:,} characters, which no import takes. A backup holds them."


def count_of(access: Access) -> int:
    """How many lines there will be, without those of files."""
    return sum(rows.count() for rows in access.wholes().values())


def lines_of(whole: Whole, rows: QuerySet[Any], access: Access) -> Iterator[str]:
    order = "number" if whole is INCIDENT else "pk"
    ids = list(rows.order_by(order).values_list("pk", flat=True))
    for batch in batched(ids, BATCH):
        yield from _Batch(whole, access, batch, order).lines()


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, cls=_Whole, ensure_ascii=False, sort_keys=True) + "\n"


class _Batch:
    """A hundred documents, read together."""

    def __init__(self, whole: Whole, access: Access, ids: tuple[int, ...], order: str) -> None:
        self.whole, self.access = whole, access
        beside = ["merged_into__imported_from"] if whole is INCIDENT else []
        self.roots = list(
            _loaded(whole.model._default_manager.filter(pk__in=ids), whole, whole.fields)
            .select_related(*_names(whole, whole.fields), "imported_from", *beside)
            .order_by(order)
        )
        self.tables = {table.name: self._rows_of(table, ids) for table in whole.tables}
        self.wholes = self._outside()
        self.far = self._places()
        self.ballots = _ballots(ids) if whole is RETROSPECTIVE else {}

    def lines(self) -> Iterator[str]:
        for root in self.roots:
            mine = {name: rows[root.pk] for name, rows in self.tables.items()}
            yield _line(self._document(root, mine))

    def _rows_of(self, table: Table, ids: tuple[int, ...]) -> dict[int, list[Any]]:
        """{document: its rows in the order they were written}"""
        column = f"{table.path}_id" if "__" not in table.path else table.path
        rows = self.access.rows(table.model._default_manager.filter(**{f"{table.path}__in": ids}))
        rows = _loaded(rows, self.whole, table.fields)
        parents = [table.path.partition("__")[0]] if "__" in table.path else []
        if beside := [*_names(self.whole, table.fields), *parents]:
            rows = rows.select_related(*beside)
        found: dict[int, list[Any]] = defaultdict(list)
        for row in rows.order_by("pk"):
            found[_follow(row, column)].append(row)
        return found

    def _pointed(self, kind: str) -> dict[Any, set[int]]:
        """{model: the keys of its rows that are pointed to}"""
        found: dict[Any, set[int]] = defaultdict(set)
        for fields, rows in self._all_rows():
            for field in fields:
                if self.whole.kind_of(field) == kind:
                    for row in rows:
                        found[field.related_model].update(_keys(row, field))
        return found

    def _all_rows(self) -> Iterator[tuple[list[Any], list[Any]]]:
        yield self.whole.fields, self.roots
        for table in self.whole.tables:
            yield table.fields, [row for rows in self.tables[table.name].values() for row in rows]

    def _outside(self) -> dict[Any, dict[int, str]]:
        """{model: {key: what it is called}} of the documents in reach that are pointed to."""
        reachable = {rows.model: rows for rows in self.access.wholes().values()}
        return {
            model: {
                row.pk: outside_id(row)
                for row in reachable[model].filter(pk__in=keys).select_related("imported_from")
            }
            for model, keys in self._pointed("whole").items()
        }

    def _places(self) -> dict[Any, dict[int, list[Any]]]:
        """{model: {key: [document, place in its table]}} of rows of other documents in reach."""
        found: dict[Any, dict[int, list[Any]]] = {}
        for model, keys in self._pointed("far").items():
            whole, table = FAR[model]
            reachable = self.access.wholes()[whole.key].filter(
                pk__in=model.objects.filter(pk__in=keys).values(table.path)
            )
            names = {row.pk: outside_id(row) for row in reachable.select_related("imported_from")}
            seen: dict[int, int] = defaultdict(int)
            places = found[model] = {}
            rows = model.objects.filter(**{f"{table.path}__in": list(names)}).order_by("pk")
            for key, root in rows.values_list("pk", table.path):
                if key in keys:
                    places[key] = [names[root], seen[root]]
                seen[root] += 1
        return found

    def _document(self, root: Any, tables: dict[str, list[Any]]) -> dict[str, Any]:
        places = {name: {row.pk: place for place, row in enumerate(rows)} for name, rows in tables.items()}
        known: dict[str, dict[str, str]] = {"people": {}, "vocabulary": {}}
        told = self._told(root, self.whole.fields, places, known)
        document = {"allclear": VERSION, "id": outside_id(root), "title": str(getattr(root, "title", root))}
        if self.whole is INCIDENT:
            if (origin := getattr(root, "imported_from", None)) is not None and origin.origin:
                told["source"] = origin.origin
            document["merged_into"] = outside_id(root.merged_into) if root.merged_into else None
        document[self.whole.key] = told
        document["rows"] = {
            table.name: [self._told(row, table.fields, places, known) for row in tables[table.name]]
            for table in self.whole.tables
            if tables[table.name]
        }
        if self.whole is RETROSPECTIVE:
            document["ballots"] = self.ballots.get(root.pk, {})
        return document | {name: words for name, words in known.items() if words or name == "people"}

    def _told(
        self, row: Any, fields: list[Any], places: dict[str, dict[int, int]], known: dict[str, dict[str, str]]
    ) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for field in fields:
            kind = self.whole.kind_of(field)
            if kind == "value":
                told[field.name] = getattr(row, field.name)
                continue
            if kind == "name":
                found: list[Any] = [_called(target, known) for target in _targets(row, field)]
            else:
                model = cast(Any, field.related_model)
                if kind == "row":
                    names: dict[int, Any] = places[self.whole.table_of[model].name]
                else:
                    names = self.wholes[model] if kind == "whole" else self.far[model]
                # What is out of reach is as if it were not there.
                found = [names[key] for key in _keys(row, field) if key in names]
            told[field.name] = found if is_many(field) else next(iter(found), None)
        return told


def _loaded(rows: QuerySet[Any], whole: Whole, fields: list[Any]) -> Any:
    """With what they have many of, told by name whole, else by key alone; in the order of keys."""
    many = []
    for field in fields:
        if is_many(field):
            targets = cast(Any, field.related_model)._default_manager.order_by("pk")
            many.append(
                Prefetch(field.name, targets if whole.kind_of(field) == "name" else targets.only("pk"))
            )
    return rows.prefetch_related(*many) if many else rows


def _names(whole: Whole, fields: list[Any]) -> list[str]:
    return [field.name for field in fields if whole.kind_of(field) == "name" and not is_many(field)]


def _targets(row: Any, field: Any) -> list[Any]:
    if is_many(field):
        return list(getattr(row, field.name).all())
    target = getattr(row, field.name)
    return [] if target is None else [target]


def _keys(row: Any, field: Any) -> list[int]:
    if is_many(field):
        return [target.pk for target in getattr(row, field.name).all()]
    key = getattr(row, field.attname)
    return [] if key is None else [key]


def _called(target: Any, known: dict[str, dict[str, str]]) -> str:
    """By its name; who people are, and what factors are sorted under, is told once a document."""
    name: str = getattr(target, NAMED[type(target)])
    if isinstance(target, User):
        known["people"][name] = target.name
    elif isinstance(target, Factor):
        known["vocabulary"][name] = target.category
    return name


def _follow(row: Any, path: str) -> int:
    for part in path.split("__")[:-1]:
        row = getattr(row, part)
    last = path.split("__")[-1]
    key: int = getattr(row, last if last.endswith("_id") else f"{last}_id")
    return key


def _ballots(ids: tuple[int, ...]) -> dict[int, dict[str, list[int]]]:
    """{retrospective: {question: how often 1, 2, 3, 4, 5}}; of closed questions with four answers or more."""
    found: dict[int, dict[str, list[int]]] = defaultdict(dict)
    closed = ClosedQuestion.objects.filter(
        retrospective=OuterRef("retrospective"), question=OuterRef("question")
    )
    rows = Ballot.objects.filter(Exists(closed), retrospective__in=ids).order_by("question")
    counted = rows.values_list("retrospective", "question", "score").annotate(Count("pk"))
    for retrospective, question, score, count in counted:
        found[retrospective].setdefault(question, [0] * 5)[score - 1] = count
    return {
        pk: {question: counts for question, counts in told.items() if sum(counts) >= SHOWN_FROM}
        for pk, told in found.items()
    }
