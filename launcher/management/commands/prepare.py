from django.core.management.base import BaseCommand

from launcher.preflight import Refused
from launcher.prepare import prepare


class Command(BaseCommand):
    help = "Migrate, load the built-in catalogue, collect the assets. bin/start does this by itself."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        try:
            prepare(new_code=True)
        except Refused as refused:
            raise SystemExit(str(refused)) from refused
