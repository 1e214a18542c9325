from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from core.interface_strings import strings_file


class Command(BaseCommand):
    help = "Write every text of the interface to docs/strings.txt, so that the language can be reviewed as a whole."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing and fail if a text has changed"
        )

    def handle(self, *args: object, check: bool, **options: object) -> None:
        path = settings.BASE_DIR / "docs" / "strings.txt"
        texts = strings_file(settings.BASE_DIR)
        if not check:
            path.write_text(texts)
        elif not path.exists() or path.read_text() != texts:
            raise CommandError("docs/strings.txt is not up to date: run bin/manage write_strings.")
        self.stdout.write(f"{sum(line.startswith(' ') for line in texts.splitlines())} texts.")
