from django.core.management.base import BaseCommand

from incidents.catalogue import load_built_in_catalogue


class Command(BaseCommand):
    help = "Load the built-in severities, roles, types and checklists that this installation never had."

    def handle(self, **options: object) -> None:
        if created := load_built_in_catalogue():
            self.stdout.write(f"Loaded {len(created)} built-in catalogue entries.")
