import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from configuration.accounts import NobodyActs, acting
from configuration.files import write_folder
from configuration.schema import configuration_schema


class Command(BaseCommand):
    help = "Write the configuration as YAML files for bin/manage apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="created if it does not exist")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema for editors instead")

    def handle(self, *args: object, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(configuration_schema(), indent=2, ensure_ascii=False))
            return
        if options["folder"] is None:
            raise CommandError("Name a folder.")
        try:
            with transaction.atomic():
                written = write_folder(options["folder"], acting())
                transaction.set_rollback(True)  # only reads
        except NobodyActs as refusal:
            raise CommandError(str(refusal)) from refusal
        except FileExistsError as refusal:
            raise CommandError(f"There is {refusal} in this folder. Choose an empty one.") from refusal
        self.stdout.write(f"Wrote {', '.join(written)}.")
