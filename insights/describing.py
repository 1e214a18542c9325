"""All metrics of some incidents as plain values, for the command line and for programs."""

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from action_items.figures import on_time
from insights.actions import COMPLETING, completed
from insights.cells import cells
from insights.cohort import Scope
from insights.cost_queries import Rates, Spending, spending
from insights.definitions import METRICS, definitions
from insights.promises import kept_share, promises
from insights.recurring import recurrence


@dataclass(frozen=True)
class Actions:
    counted: dict[str, Any]
    cell: dict[str, Any]


def _actions(scope: Scope) -> Actions:
    """Days are UTC's, as those of the period are."""
    today = scope.now.astimezone(UTC).date()
    first = scope.since.astimezone(UTC).date() if scope.since else date.min
    last = (scope.until - timedelta(microseconds=1)).astimezone(UTC).date() if scope.until else today
    items = scope.access.action_items
    kept = on_time(items, first=first, last=min(last, today), today=today, zone=ZoneInfo("UTC"))
    lengths = completed(items, scope.since, scope.horizon, scope.now)
    return Actions(
        {"actions_due": kept.due, "actions_on_time": kept.on_time, "actions_on_time_share": kept.ratio},
        lengths.as_json(),
    )


def _cost(spent: Spending) -> dict[str, float] | None:
    if not spent.likely.known:
        return None
    return {"low": spent.low.whole, "likely": spent.likely.whole, "high": spent.high.whole}


def describe(scope: Scope, by: str) -> dict[str, Any]:
    everything = cells(scope, METRICS)[""]
    groups = cells(scope, METRICS, by) if by else {}
    kept = promises(scope)
    cohort = scope.cohort()
    again, spent, done = recurrence(scope), spending(scope, Rates.get()), _actions(scope)
    return {
        "definitions": definitions(),
        "cohort": {
            "from": scope.since.isoformat() if scope.since else None,
            "to": scope.until.isoformat() if scope.until else None,
            "as_of": scope.horizon.isoformat(),
            "incidents": cohort.count(),
            "active": cohort.active().count(),
            "left_out": scope.left_out(),
            "updates_due": sum(one.due for one in kept),
            "updates_on_time": sum(one.on_time for one in kept),
            "cadence_compliance": kept_share(kept),
            "followed_90_days": again.of,
            "recurred_90_days": again.count,
            "recurrence": again.share,
            "recurred_while_action_open": again.while_open,
            "user_minutes": spent.users.whole / 60 if spent.users.known else None,
            "user_minutes_coverage": spent.users.coverage,
            "cost": _cost(spent),
            "cost_coverage": spent.likely.coverage,
        }
        | done.counted,
        "all": {name: cell.as_json() for name, cell in everything.items()} | {COMPLETING.key: done.cell},
        "groups": {
            key: {name: cell.as_json() for name, cell in group.items()} for key, group in groups.items()
        },
    }
