from django.conf import settings
from django.core.management.base import BaseCommand

from events.describe import as_markdown


class Command(BaseCommand):
    help = "Write docs/events.md again, after an event was added or changed."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        (settings.BASE_DIR / "docs" / "events.md").write_text(as_markdown())
