"""Queries that pages ask again and again: put together once, then only filled in.

Django takes several times as long to put a large query together, and to turn it into SQL, as PostgreSQL takes to
answer it. `keep` does both once, with marks where values come; `Kept.rows` puts the values in and asks. PostgreSQL
plans such a query once a connection, too: that takes it longer than to answer one
(https://www.postgresql.org/docs/current/sql-prepare.html).
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, cast
from weakref import WeakKeyDictionary, WeakSet

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, Model, QuerySet, Value
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

# Values that no row has: each stands for one that is known only when the query is asked.
SOMEBODY, SOME_ROW, SOME_NUMBER, ANOTHER_ROW = (2_147_483_600 + n for n in range(4))
SOME_TIME, ANOTHER_TIME = (datetime(1, 1, 1 + n, tzinfo=UTC) for n in range(2))
SOME_TEXT = "some text"
SOME_ROWS = (2_147_483_610, 2_147_483_611)  # a list is put in its place
WEIGHED = (SOME_TEXT, SOME_ROWS)
"""How PostgreSQL answers best depends on the value: a rare word is looked up, for a common one rows are walked over."""
MARKS = (SOME_ROWS, SOMEBODY, SOME_ROW, SOME_NUMBER, ANOTHER_ROW, SOME_TIME, ANOTHER_TIME, SOME_TEXT)

MOST_PREPARED = 100
"""A connection; each takes PostgreSQL some 0.2 MB, and some differ by how many rows are asked for."""
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""The names of what is prepared, by psycopg2's connection."""
_planning: WeakSet[Any] = WeakSet()
"""The connections that were told, outside any transaction, to plan for all values."""
FOR_ALL_VALUES = "SET plan_cache_mode = force_generic_plan"


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

    def prepared(
        self, values: Mapping[Any, Any], connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """(SQL, parameters) that ask the same of what `connection` has planned, or plans now for all values."""
        if not self._name:
            return self.filled(values)
        with connection.cursor():  # where the connection was lost, this makes another
            names = _prepared.setdefault(connection.connection, set())
        _plan_for_all_values(connection)
        if self._name not in names:
            if len(names) >= MOST_PREPARED:
                return self.filled(values)
            parameters = list(self.parameters)
            for n, (place, _) in enumerate(self.places, 1):
                parameters[place] = AsIs(f"${n}")
            # Past Django's cursor, which would count it among the queries of whichever page is the first.
            with connection.wrap_database_errors, connection.connection.cursor() as plain:
                plain.execute(FOR_ALL_VALUES)
                plain.execute(f"PREPARE {self._name} AS {self.sql}", parameters)
            names.add(self._name)
        given = ", ".join(["%s"] * len(self.places))
        return f"EXECUTE {self._name} ({given})", tuple(values[mark] for _, mark in self.places)

    def row(self, values: Mapping[Any, Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """The first row for these values."""

        def ask() -> tuple[Any, ...]:
            with connection.cursor() as cursor:
                cursor.execute(*self.prepared(values, connection))
                found: tuple[Any, ...] = cursor.fetchone()
                return found

        return planned_anew(connection, ask)

    @cached_property
    def _name(self) -> str:
        """Of the same text the same; empty where it is not prepared."""
        if not self.places or any(mark in WEIGHED for _, mark in self.places):
            return ""
        return f"kept_{blake2b(repr((self.sql, self.parameters)).encode(), digest_size=12).hexdigest()}"


def _plan_for_all_values(connection: BaseDatabaseWrapper) -> None:
    """Once a connection: a transaction that is rolled back takes its settings along, and keeps what it prepared."""
    if connection.in_atomic_block or connection.connection in _planning:
        return
    with connection.wrap_database_errors, connection.connection.cursor() as plain:
        plain.execute(FOR_ALL_VALUES)
    _planning.add(connection.connection)


def planned_anew[Found](connection: BaseDatabaseWrapper, ask: Callable[[], Found]) -> Found:
    """What `ask` finds by prepared statements.

    PostgreSQL refuses one whose columns have another type since it was prepared, as after the upgrade of another
    process. Then all of this connection are forgotten, and it is asked once more. In a transaction, which such an
    error ends, the error is raised, and the next request has another connection.
    """
    try:
        return ask()
    except NotSupportedError:
        if connection.in_atomic_block:
            connection.close_at = 0
            raise
        with connection.wrap_database_errors, connection.connection.cursor() as plain:
            plain.execute("DEALLOCATE ALL")
        _prepared.pop(connection.connection, None)
        return ask()


@dataclass(frozen=True)
class Kept[Row: Model]:
    """A query with its SQL."""

    queryset: QuerySet[Row]
    compiler: _Compiler
    statement: Statement

    def rows(self, values: Mapping[Any, Any], **known: Any) -> list[Row]:
        """The rows for these values of the marks; `known` is what each row points to and is in hand already."""
        connection = connections[self.queryset.db]
        found = planned_anew(connection, lambda: self._found(values, connection))
        for name, value in known.items():
            for row in found:
                setattr(row, name, value)
        return found

    def _found(self, values: Mapping[Any, Any], connection: BaseDatabaseWrapper) -> list[Row]:
        compiler = copy(self.compiler)
        compiler.filled = self.statement.prepared(values, connection)
        query = cast("_Query", self.queryset.query.chain(klass=_Query))
        query.compiled = compiler
        queryset = self.queryset.all()
        queryset.query = query
        return list(queryset)


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
