"""Everything of incidents as JSON lines, that imports back identically."""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from history.rows import NAMED, TABLE_OF, TABLES, VERSION, Table, fields_of, kind_of, outside_id
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet

BATCH = 100


class _Whole(DjangoJSONEncoder):
    """Instants keep their microseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def lines_of(incidents: IncidentQuerySet) -> Iterator[str]:
    """One line an incident, oldest first; constant memory, and queries per hundred incidents, not per incident."""
    ids = list(incidents.order_by("number").values_list("pk", flat=True))
    for batch in batched(ids, BATCH, strict=False):
        found = Incident.objects.filter(pk__in=batch).order_by("number")
        rows = list(
            found.select_related(
                "severity", "incident_type", "reported_by", "imported_from", "merged_into__imported_from"
            )
        )
        tables = {table.name: _rows_of(table, batch) for table in TABLES}
        for incident in rows:
            mine = {name: table[incident.pk] for name, table in tables.items()}
            yield json.dumps(_document(incident, mine), cls=_Whole, ensure_ascii=False, sort_keys=True) + "\n"


def _rows_of(table: Table, ids: tuple[int, ...]) -> dict[int, list[Any]]:
    """{incident: its rows in the order they were written}"""
    names = [f.name for f in fields_of(table.model) if kind_of(f) == "name"]
    column = f"{table.path}_id" if "__" not in table.path else table.path
    rows = table.model._default_manager.filter(**{f"{table.path}__in": ids})
    if beside := [*names, *_parents(table)]:
        rows = rows.select_related(*beside)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[_follow(row, column)].append(row)
    return found


def _parents(table: Table) -> list[str]:
    return [table.path.partition("__")[0]] if "__" in table.path else []


def _follow(row: Any, path: str) -> int:
    for part in path.split("__")[:-1]:
        row = getattr(row, part)
    last = path.split("__")[-1]
    return getattr(row, last if last.endswith("_id") else f"{last}_id")


def _document(incident: Incident, tables: dict[str, list[Any]]) -> dict[str, Any]:
    places = {name: {row.pk: place for place, row in enumerate(rows)} for name, rows in tables.items()}
    people: dict[str, str] = {}
    told = _told(incident, places, people)
    origin = getattr(incident, "imported_from", None)
    if origin is not None and origin.origin:
        told["source"] = origin.origin
    document = {
        "allclear": VERSION,
        "id": outside_id(incident),
        "title": incident.title,
        "merged_into": outside_id(incident.merged_into) if incident.merged_into else None,
        "incident": told,
        "rows": {name: [_told(row, places, people) for row in rows] for name, rows in tables.items() if rows},
    }
    return document | {"people": people}


def _told(row: Any, places: dict[str, dict[int, int]], people: dict[str, str]) -> dict[str, Any]:
    told = {}
    for field in fields_of(type(row)):
        kind = kind_of(field)
        if kind == "value":
            told[field.name] = getattr(row, field.name)
        elif kind == "row":
            told[field.name] = places[TABLE_OF[cast(Any, field.related_model)]].get(
                getattr(row, field.attname)
            )
        elif (target := getattr(row, field.name)) is not None:
            told[field.name] = getattr(target, NAMED[type(target)])
            if isinstance(target, User):
                people[target.email] = target.name
        else:
            told[field.name] = None
    return told
