from django.core.management.base import BaseCommand, CommandError

from demo.load import InUse, load_demo


class Command(BaseCommand):
    help = "Fill an empty installation with Fernhill, a fictional web shop, and incidents in every status."

    def handle(self, **options: object) -> None:
        try:
            is_new = load_demo()
        except InUse as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo is loaded." if is_new else "The demo is loaded already.")
