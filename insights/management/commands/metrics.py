import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from incidents.models import Incident
from insights.cohort import Scope
from insights.describing import describe
from insights.observing import EVERYTHING, KEYS


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
