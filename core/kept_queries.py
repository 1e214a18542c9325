"""Queries that pages ask again and again: put together once, then only filled in.

Django takes several times as long to put a large query together, and to turn it into SQL, as PostgreSQL takes to
answer it. `keep` does both once, with marks where values come; `Kept.rows` puts the values in and asks.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Lookup, Model, QuerySet, Value
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

# Values that no row has: each stands for one that is known only when the query is asked.
SOMEBODY, SOME_ROW, SOME_NUMBER, ANOTHER_ROW = (2_147_483_600 + n for n in range(4))
SOME_TIME, ANOTHER_TIME = (datetime(1, 1, 1 + n, tzinfo=UTC) for n in range(2))
SOME_TEXT = "some text"
SOME_ROWS = (2_147_483_610, 2_147_483_611)  # a list is put in its place
MARKS = (SOME_ROWS, SOMEBODY, SOME_ROW, SOME_NUMBER, ANOTHER_ROW, SOME_TIME, ANOTHER_TIME, SOME_TEXT)


class _Compiler(SQLCompiler):
    """Answers with the SQL that is there already."""

    filled: tuple[str, tuple[Any, ...]]

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        return self.filled


class _Query(Query):
    compiled: _Compiler

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> SQLCompiler:
        compiler = copy(self.compiled)
        compiler.connection = connection or connections[using or DEFAULT_DB_ALIAS]
        return compiler


@dataclass(frozen=True)
class Statement:
    """SQL, and where in its parameters which mark stands."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, Any], ...]

    @classmethod
    def of(cls, sql: str, parameters: Sequence[Any]) -> "Statement":
        places = ((n, mark) for n, value in enumerate(parameters) for mark in MARKS if _is(value, mark))
        return cls(sql, tuple(parameters), tuple(places))

    def filled(self, values: Mapping[Any, Any]) -> tuple[str, tuple[Any, ...]]:
        """(SQL, parameters) with these values for the marks."""
        parameters = list(self.parameters)
        for place, mark in self.places:
            parameters[place] = values[mark]
        return self.sql, tuple(parameters)


@dataclass(frozen=True)
class Kept[Row: Model]:
    """A query with its SQL."""

    queryset: QuerySet[Row]
    compiler: _Compiler
    statement: Statement

    def rows(self, values: Mapping[Any, Any], **known: Any) -> list[Row]:
        """The rows for these values of the marks; `known` is what each row points to and is in hand already."""
        compiler = copy(self.compiler)
        compiler.filled = self.statement.filled(values)
        query = cast("_Query", self.queryset.query.chain(klass=_Query))
        query.compiled = compiler
        queryset = self.queryset.all()
        queryset.query = query
        found = list(queryset)
        for name, value in known.items():
            for row in found:
                setattr(row, name, value)
        return found


def keep[Row: Model](queryset: QuerySet[Row]) -> Kept[Row]:
    """The query as it stands, to be kept by whoever calls this (`functools.cache`): it knows marks, nobody's values."""
    connection = connections[queryset.db]
    compiler = _Compiler(queryset.query, connection, queryset.db)
    return Kept(queryset, compiler, Statement.of(*SQLCompiler.as_sql(compiler)))


class _IsAmong(Lookup):
    """One statement for any number of values, where IN has one for each number."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s)", (*parameters, self.rhs)


def is_among(field: str) -> Any:
    """Rows whose field is one of `SOME_ROWS`."""
    return _IsAmong(F(field), SOME_ROWS)


def holds_text(field: str) -> GreaterThan:
    """Rows whose field has `SOME_TEXT` in it, in capitals or not. Like `icontains`, which wraps its value in signs."""
    return GreaterThan(StrIndex(Upper(field), Upper(Value(SOME_TEXT))), 0)


def _is(value: Any, mark: Any) -> bool:
    return type(value) is type(mark) and value == mark
