import os
import re
import subprocess
from typing import Any

from django.core.management import CommandParser, call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.new_database import SCRIPT

DRAFT = "allclear_new_database"
SHAPE = ["--no-owner", "--no-privileges", "--no-comments", "--inserts", "--rows-per-insert=500"]
NOT_PART_OF_IT = re.compile(r"--|\\|SET |SELECT pg_catalog\.set_config|$")
"""Lines of pg_dump that are comments, commands of psql, or settings of its own connection."""


class Command(BaseCommand):
    help = (
        "Write new_database.sql again, after a migration was added: run every migration and dump the result."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing and fail if it has changed")

    def handle(self, *args: object, **options: Any) -> None:
        script = _script()
        if not options["check"]:
            SCRIPT.write_text(script)
        elif SCRIPT.read_text() != script:
            raise CommandError(f"{SCRIPT.name} is not up to date: run bin/manage write_new_database.")


def _script() -> str:
    """What pg_dump says of a database that every migration was run on, without what differs between two runs."""
    real_name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DRAFT}")
        cursor.execute(f"CREATE DATABASE {DRAFT}")
    try:
        _use(DRAFT)
        call_command("migrate", each=True, interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET applied = 'epoch'")
        return _without_settings(_dump())
    finally:
        _use(real_name)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DRAFT}")


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _dump() -> str:
    words, environment = connection.client_class.settings_to_cmd_args_env(connection.settings_dict, [])
    dump = ["pg_dump", *SHAPE, *words[1:]]
    done = subprocess.run(dump, env=os.environ | (environment or {}), capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise CommandError(f"pg_dump failed: {done.stderr}")
    return done.stdout


def _without_settings(dump: str) -> str:
    """Only the statements that make something, without empty lines."""
    return "\n".join(line for line in dump.splitlines() if not NOT_PART_OF_IT.match(line)) + "\n"
