"""What several apps ask of rows beside the rows themselves."""

import json
from typing import Any

from django.db.models import BooleanField, Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows these are, as a column: 0 where there are none. They may name the outer row (`OuterRef`)."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def has_any(rows: QuerySet[Any]) -> Coalesce:
    """Whether there is one of `rows`, which name the outer row: as `Exists`, and asked of one outer row at a time.

    Of an `Exists` PostgreSQL makes two plans, for few and for very many outer rows, and of each one inside it again.
    """
    first = Subquery(rows.order_by().values(one=Value(True))[:1], output_field=BooleanField())
    return Coalesce(first, Value(False))


def expected_rows(rows: QuerySet[Any]) -> int:
    """How many the planner expects, from the statistics of the tables: it costs the same however many there are."""
    (plan,) = json.loads(rows.explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])
