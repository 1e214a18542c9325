from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from history.workflow.taking_along import lines_of
from incidents.models import Incident


class Command(BaseCommand):
    help = (
        "Write incidents with all their rows as JSON lines, which import_incidents --format jsonl brings back. "
        "Private incidents are left out unless --private or --as says otherwise. Uploaded files, retrospectives and "
        "the audit trail are not part of it; a backup holds those."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="where to write; - is the terminal")
        parser.add_argument("--as", dest="reader", metavar="EMAIL", help="all that this person may see")
        parser.add_argument("--private", action="store_true", help="all there is, private incidents too")

    def handle(self, *, file: str, reader: str | None, private: bool, **options: Any) -> None:
        incidents = Incident.objects.filter(is_private=False)
        if reader:
            person = User.objects.filter(email__iexact=reader).first()
            if person is None:
                raise CommandError(f"There is nobody with the address {reader}.")
            incidents = Incident.objects.visible_to(person)
        elif private:
            incidents = Incident.objects.all()
        total, count = Incident.objects.count(), 0
        if file == "-":
            for line in lines_of(incidents):
                self.stdout.write(line, ending="")
                count += 1
        else:
            with Path(file).open("w", encoding="utf-8") as stream:
                for line in lines_of(incidents):
                    stream.write(line)
                    count += 1
        left = f" {total - count} private ones are left out." if total > count else ""
        self.stderr.write(f"{count} incidents written.{left}") if file == "-" else self.stdout.write(
            f"{count} incidents written to {file}.{left}"
        )
