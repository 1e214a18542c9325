from django.core.management.base import BaseCommand

from incidents.models import Participation


class Command(BaseCommand):
    help = "Count again how long each person worked on each incident. It is counted whenever it changes: this is for a database that was changed by hand."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"Counted the time of {Participation.objects.count_work()} people on incidents.")
