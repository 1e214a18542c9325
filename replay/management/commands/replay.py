import json
from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from replay.drive import replay_document
from replay.file_reader import Refused, read_document
from replay.outcome import describe


class Command(BaseCommand):
    help = "Run a recorded day through the workflow, as if it were live. The incident ends closed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            incident, is_new = replay_document(read_document(file))
        except Refused as refused:
            raise CommandError(f"{refused}") from refused
        outcome = describe(incident)
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
            return
        where = "replayed as" if is_new else "already replayed as"
        self.stdout.write(
            f"{file.name} {where} {incident.reference}, {incident.get_status_display().lower()}."
        )
        for name, seconds in outcome["metrics"].items():
            self.stdout.write(
                f"  {name.replace('_', ' ')}: {'not known' if seconds is None else f'{seconds} s'}"
            )
