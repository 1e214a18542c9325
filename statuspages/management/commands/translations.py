from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from statuspages import catalogues


class Command(BaseCommand):
    help = (
        "Bring the catalogues of public texts below locale/ up to date with the sources. "
        "New texts stand there without a translation: write it and run this again."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing and fail if a translation is missing, fuzzy, stale or has other placeholders",
        )

    def handle(self, *args: object, check: bool, **options: object) -> None:
        sources = catalogues.found_in_sources()
        if not check:
            for language in catalogues.languages():
                path = catalogues.file_of(language)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(catalogues.bring_up_to_date(language, sources))
        found = catalogues.untranslated()
        found += [p for language in catalogues.languages() for p in catalogues.problems(language, sources)]
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"{len(sources)} public texts in {len(catalogues.languages())} languages.")
