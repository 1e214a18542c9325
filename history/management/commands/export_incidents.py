import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from history.access import Access
from history.source import LONGEST_ENTRY
from history.workflow.export_writer import count_of, everything, told_too_long
from incidents.models import Incident
from retros.models import Retrospective

WIDTH = 30


class Command(BaseCommand):
    help = (
        "Write incidents, retrospectives, action items, changes, status pages and maintenances with all their rows as "
        "JSON lines, which import_incidents --format jsonl brings back. What is private is left out unless --private "
        "or --as says otherwise. The audit trail, subscriptions and settings are not part of it; a backup holds those."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="where to write (- is the terminal)")
        parser.add_argument("--as", dest="reader", metavar="EMAIL", help="all that this person may see")
        parser.add_argument("--private", action="store_true", help="all there is, what is private too")
        parser.add_argument("--no-files", action="store_true", help="without the files of evidence")

    def handle(
        self, *, file: str, reader: str | None, private: bool, no_files: bool = False, **options: Any
    ) -> None:
        person = User.objects.filter(email__iexact=reader).first() if reader else None
        if reader and person is None:
            raise CommandError(f"There is nobody with the address {reader}.")
        access = Access(person, is_all=private)
        self.too_long = 0
        lines = self._shown(everything(access, with_files=not no_files), count_of(access))
        if file == "-":
            for line in lines:
                self.stdout.write(line, ending="")
        else:
            with Path(file).open("w", encoding="utf-8") as stream:
                stream.writelines(lines)
        if told := told_too_long(self.too_long):
            self.stderr.write(told)
        out = self.stderr if file == "-" else self.stdout
        where = "" if file == "-" else f" to {file}"
        counts = ", ".join(f"{n} {name}" for name, n in _counts(access) if n) or "nothing"
        left = Incident.objects.count() - access.incidents().count()
        more = Retrospective.objects.count() - access.retrospectives().count()
        out.write(f"{counts} written{where}." + (f" {left} private incidents are left out." if left else "")
                  + (f" {more} retrospectives that you can't see are left out." if more else ""))  # fmt: skip

    def _shown(self, lines: Iterator[str], total: int) -> Iterator[str]:
        """A bar on a terminal, nothing in a log."""
        is_watched, done = sys.stderr.isatty(), 0
        for done, line in enumerate(lines, 1):
            self.too_long += len(line) > LONGEST_ENTRY
            yield line
            if is_watched and (done % 50 == 0 or done >= total):
                part = min(1.0, done / total if total else 1)
                bar = "█" * int(WIDTH * part)
                sys.stderr.write(f"\r{bar:<{WIDTH}} {done} of {max(total, done)}")
        if is_watched and done:
            sys.stderr.write("\n")


def _counts(access: Access) -> list[tuple[str, int]]:
    return [(f"{rows.model._meta.verbose_name_plural}", rows.count()) for rows in access.wholes().values()]
