import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from accounts.models import validate_time_zone
from core.written_time import ORDERS
from history.formats import FORMATS
from history.formats.table import FIELDS
from history.models import Import, ImportState
from history.workflow import carry_on, confirm_import, drop_import, start_import
from history.workflow.running import usual_severities
from incidents.models import Severity
from statuspages.models import StatusPage

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Import past incidents from a file. The file is checked first. If it cannot be read, nothing is imported. "
        "Nobody is notified. You can run the command again, and nothing is imported twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument(
            "--source", default="", help="the system that the numbers belong to. Without it, the format"
        )
        parser.add_argument(
            "--severity",
            action="append",
            default=[],
            metavar="WORD=SEV2",
            help="the severity that a word of the file stands for",
        )
        parser.add_argument(
            "--column", action="append", default=[], metavar="FIELD=COLUMN", help=f"CSV: {', '.join(FIELDS)}"
        )
        parser.add_argument(
            "--zone",
            default="",
            help="of times that name no zone, for example Europe/Berlin. Without it, they are refused",
        )
        parser.add_argument(
            "--dates",
            choices=ORDERS,
            default="",
            help="order of dates such as 03/04/2024. Without it, they are refused",
        )
        parser.add_argument(
            "--public", action="store_true", help="also show the incidents on public status pages"
        )
        parser.add_argument(
            "--end-open",
            action="store_true",
            help="import incidents that are open in the file as over, with an unknown end",
        )
        parser.add_argument(
            "--page",
            default="",
            help="short name of the status page for maintenance. Without it, a draft page is created",
        )
        parser.add_argument("--check", action="store_true", help="only read and report")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        if (size := file.stat().st_size) > settings.IMPORT_MAX_BYTES:
            raise CommandError(
                f"{file.name} has {size:,} bytes, and the limit is {settings.IMPORT_MAX_BYTES:,} "
                "(ALLCLEAR_IMPORT_MAX_BYTES). Nothing was imported. Split the file."
            )
        if options["zone"]:
            validate_time_zone(options["zone"])
        choices = {
            "is_public": options["public"],
            "ends_open": options["end_open"],
            "page": _page(options["page"]),
        }
        run = start_import(
            by=None,
            format=options["format"],
            name=file.name,
            size=size,
            source=options["source"],
            zone=options["zone"],
            date_order=options["dates"],
            columns=_pairs(options["column"], "--column", FIELDS),
            severities=usual_severities() | _severities(options["severity"]),
            **choices,
        )
        with file.open("rb") as stream:
            run = carry_on(run, stream)
            if run.state == ImportState.READY and options["check"]:
                run = drop_import(run=run, by=None)
            if run.state == ImportState.READY:
                self._refuse_unmapped(run)
                run = carry_on(confirm_import(run=run, by=None, **choices), stream)
        self._report(run, as_json=options["json"])
        if run.state == ImportState.BROKEN:
            raise CommandError(f"{run.problem} Nothing was imported.")

    def _refuse_unmapped(self, run: Import) -> None:
        if unknown := [word for word in run.summary["degrees"] if word not in run.severities]:
            drop_import(run=run, by=None)
            raise CommandError(
                f"The file says “{unknown[0]}” for how bad an incident was. Say what that means: "
                f"--severity “{unknown[0]}”=SEV3. Nothing was imported."
            )

    def _report(self, run: Import, *, as_json: bool) -> None:
        refused = list(run.refused.values("place", "source_id", "reason"))
        if as_json:
            report = {
                "state": run.state,
                "imported": run.created_count,
                "maintenances": run.maintenance_count,
                "others": run.other_count,
                "known": run.known_count,
                "refused": run.refused_count,
                "problem": run.problem,
                "rows_refused": refused,
                "summary": {k: v for k, v in run.summary.items() if k != "samples"},
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        place = FORMATS[run.format].place
        names = dict(Severity.objects.values_list("pk", "name"))
        for word, count in run.summary.get("degrees", {}).items():
            self.stdout.write(f"  {word} → {names.get(run.severities.get(word), '?')}: {count}")
        for row in refused[:SHOWN]:
            told = f" ({row['source_id']})" if row["source_id"] else ""
            self.stdout.write(f"  refused: {place} {row['place']}{told}: {row['reason']}")
        if len(refused) > SHOWN:
            self.stdout.write(f"  … and {run.refused_count - SHOWN} more; --json lists them")
        if still := run.summary.get("open", 0):
            self.stdout.write(
                f"  {still} are open in the file, "
                + ("taken as over." if run.ends_open else "they stay open (--end-open).")
            )
        self.stdout.write(
            f"{run.created_count} incidents, {run.maintenance_count} maintenances and {run.other_count} other entries "
            f"imported, {run.known_count} were here already, {run.refused_count} refused."
        )


def _pairs(given: list[str], option: str, known: Any) -> dict[str, str]:
    pairs = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name not in known:
            raise CommandError(f"{option} {pair}: write NAME=VALUE with one of {', '.join(known)}.")
        pairs[name] = value
    return pairs


def _severities(given: list[str]) -> dict[str, int]:
    ids = dict(Severity.objects.values_list("name", "pk"))
    chosen = {}
    for pair in given:
        word, _, name = pair.rpartition("=")
        if not word or name not in ids:
            raise CommandError(f"--severity {pair}: write WORD=SEVERITY with one of {', '.join(ids)}.")
        chosen[word.lower()] = ids[name]
    return chosen


def _page(slug: str) -> StatusPage | None:
    if not slug:
        return None
    page = StatusPage.objects.filter(slug=slug).first()
    if page is None:
        raise CommandError(f"There is no status page “{slug}”.")
    return page
