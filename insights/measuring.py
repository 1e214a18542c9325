"""The incidents asked about as SQL, and how many are few."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from insights.cohort import Scope

FEW = 5
"""Of fewer no median is told, only each of them."""

TOLD = """coalesce(declared_at, created_at) AS told_from, greatest(coalesce(declared_at, created_at), CASE WHEN
  status IN ('triage', 'investigating', 'fixing', 'mitigated') THEN %s ELSE coalesce(resolved_at, %s) END) AS told_until"""
"""From when to when updates are owed; filled in with the present moment twice."""


def rows(sql: str, params: Sequence[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def cohort_cte(scope: Scope, name: str = "cohort") -> tuple[str, tuple]:
    """`cohort`, with the moments each row is measured against, and the retrospectives that are `readable`."""
    sql, params = scope.sql()
    readable, more = _readable_cte(scope)
    return (
        f"{name} AS (SELECT found.*, %s::timestamptz AS horizon, %s::timestamptz AS now, {TOLD} "
        f"FROM ({sql}) AS found), {readable}",
        (scope.horizon, scope.now, scope.now, scope.now, *params, *more),
    )


def told_cte(scope: Scope) -> tuple[str, tuple]:
    """As `narrow_cte`, with what tells from when to when updates are owed."""
    sql, params = scope.sql("id", "status", "declared_at", "created_at", "resolved_at")
    return (
        f"cohort AS (SELECT id, status, %s::timestamptz AS now, {TOLD} FROM ({sql}) AS found)",
        (scope.now, scope.now, scope.now, *params),
    )


def narrow_cte(scope: Scope, *columns: str) -> tuple[str, tuple]:
    """As `cohort_cte`, with these columns, `horizon` and `now` only, and nothing `readable`: PostgreSQL copies every
    row of a cohort that is asked for twice, and of a hundred thousand that takes as long as the question.
    """
    sql, params = scope.sql(*columns)
    return (
        f"cohort AS (SELECT found.*, %s::timestamptz AS horizon, %s::timestamptz AS now FROM ({sql}) AS found)",
        (scope.horizon, scope.now, *params),
    )


def readable_of_cohort(scope: Scope) -> tuple[str, tuple]:
    """The retrospectives that are `readable`, of the incidents of the cohort only where it is not all there are."""
    sql, params = scope.access.readable
    covers = (
        "SELECT retrospective_id FROM retros_retrospective_incidents JOIN cohort ON cohort.id = incident_id "
        "UNION SELECT own.id FROM retros_retrospective AS own JOIN cohort ON cohort.id = own.incident_id"
    )
    narrowed = "" if scope.is_everything else f" WHERE id IN ({covers})"
    return (
        f"readable (retrospective_id, incident_id, subject) AS (SELECT * FROM ({sql}) AS found (id){narrowed})",
        params,
    )


def _readable_cte(scope: Scope) -> tuple[str, tuple]:
    sql, params = scope.access.readable
    return f"readable (retrospective_id, incident_id, subject) AS ({sql})", params
