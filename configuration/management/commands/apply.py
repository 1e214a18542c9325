from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import context
from configuration.accounts import NobodyActs, acting
from configuration.applying import apply_configuration
from configuration.entries import Mistaken
from configuration.references import reading_from
from configuration.yaml_files import read_folder


class Command(BaseCommand):
    help = "Apply the configuration in a folder of YAML files, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="reads every file in it that ends in .yaml or .yml")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change, without changing it"
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="remove entries that are missing from the files and not in use",
        )
        parser.add_argument(
            "--as",
            dest="email",
            default="",
            help="e-mail address of an administrator (by default a service account)",
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            documents = read_folder(options["folder"])
            with context.coming_from("command apply"), transaction.atomic():
                plan = apply_configuration(
                    by=acting(options["email"]),
                    documents=documents,
                    look=reading_from(options["folder"]),
                    prune=options["prune"],
                    dry_run=options["dry_run"],
                )
                transaction.set_rollback(options["dry_run"])  # the account too
        except NobodyActs as refusal:
            raise CommandError(str(refusal)) from refusal
        except Mistaken as refusal:
            raise CommandError(f"Nothing was changed.\n{refusal}") from refusal
        self.stdout.write(str(plan))
        if options["dry_run"] and plan.changes:
            self.stdout.write("This is a plan. Run it without --dry-run to apply it.")
