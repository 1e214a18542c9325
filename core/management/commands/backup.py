import os
import subprocess
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = (
        "Write the whole database as SQL to standard output, from one consistent moment, while Allclear runs."
    )

    def handle(self, *args: object, **options: object) -> None:
        words, environment = connection.client_class.settings_to_cmd_args_env(connection.settings_dict, [])
        dump = ["pg_dump", "--clean", "--if-exists", "--no-owner", "--no-privileges", *words[1:]]
        try:
            done = subprocess.run(dump, env=os.environ | (environment or {}), stdout=sys.stdout.fileno())  # noqa: S603
        except FileNotFoundError as error:
            raise CommandError("pg_dump is not on the PATH: install PostgreSQL's client programs.") from error
        if done.returncode:
            raise CommandError("pg_dump failed. The output is not a complete backup.")
