from typing import Any

from django.core.management import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from core.new_database import make_tables


class Command(migrate.Command):
    help = "Update the database's tables. An empty database gets them all from one script (new_database.sql)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--each", action="store_true", help="run every migration, also in an empty database"
        )

    def handle(self, *args: object, **options: Any) -> None:
        alters_nothing = options["plan"] or options["check_unapplied"] or options["prune"]
        names_a_migration = options["app_label"] is not None
        if not (options.pop("each") or alters_nothing or names_a_migration):
            make_tables(connections[options["database"]])
        super().handle(*args, **options)
