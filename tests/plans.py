"""What PostgreSQL does for a query: the steps of its plan, after it was run."""

import json
from collections.abc import Iterator
from typing import Any


def plans_of(queryset: Any) -> Iterator[dict[str, Any]]:
    plans = [json.loads(queryset.explain(analyze=True, format="json"))[0]["Plan"]]
    for plan in plans:
        plans += plan.get("Plans", [])
    return iter(plans)


def most_rows(queryset: Any) -> int:
    """Of one step. An index of a bitmap counts rows of other tests, too, which are rolled back and not yet gone."""
    steps = (plan for plan in plans_of(queryset) if plan["Node Type"] != "Bitmap Index Scan")
    return max(plan["Actual Rows"] * plan["Actual Loops"] for plan in steps)
