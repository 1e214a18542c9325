import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from action_items.figures import on_time
from incidents.models import Incident
from insights.actions import COMPLETING, completed
from insights.cells import EVERYTHING, KEYS, cells
from insights.cohort import Scope
from insights.cost_queries import Rates, Spending, spending
from insights.definitions import METRICS, definitions
from insights.promises import kept_share, promises
from insights.recurring import recurrence


def _moment(text: str, *, is_end: bool = False) -> datetime:
    """A bare day begins at 00:00 UTC, or as the end of a period includes itself; a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a date. Write it like {date(2026, 3, 1)}.") from error
    if is_end and len(text) == len("2026-03-01"):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Print the metrics that Insights shows, of every incident of the period, in seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--from", dest="since", metavar="DATE", help="first day, by impact start, in UTC")
        parser.add_argument("--to", dest="until", metavar="DATE", help="last day, included, in UTC")
        parser.add_argument("--by", choices=[key for key in KEYS if key], default=EVERYTHING)

    def handle(self, *, since: str | None, until: str | None, by: str, **options: Any) -> None:
        first, last = _moment(since) if since else None, _moment(until, is_end=True) if until else None
        scope = Scope(Incident.objects.all(), first, last)
        if scope.since and scope.until and scope.since >= scope.until:
            raise CommandError("--from must be before --to.")
        found = describe(scope, by)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for key, group in ({"": found["all"]} | found["groups"]).items():
            self.stdout.write(key or f"All {found['cohort']['incidents']} incidents")
            for name, cell in group.items():
                if cell["count"]:
                    self.stdout.write(
                        f"  {name}: median {cell['median']:.0f} s, p90 {cell['p90']:.0f} s, mean {cell['mean']:.0f} s, "
                        f"n = {cell['count']}"
                    )


@dataclass(frozen=True)
class Actions:
    counted: dict[str, Any]
    cell: dict[str, Any]


def _actions(scope: Scope) -> Actions:
    """Days are UTC's, as those of the period are."""
    today = scope.now.astimezone(UTC).date()
    first = scope.since.astimezone(UTC).date() if scope.since else date.min
    last = (scope.until - timedelta(microseconds=1)).astimezone(UTC).date() if scope.until else today
    items = scope.reach.action_items
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
