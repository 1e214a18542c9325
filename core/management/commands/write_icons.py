from django.conf import settings
from django.core.management.base import BaseCommand

from core.icons import SPRITE, sprite


class Command(BaseCommand):
    help = "Write the icons that templates and Python name to static/build/icons.svg."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        (settings.BASE_DIR / "static" / SPRITE).write_text(sprite())
