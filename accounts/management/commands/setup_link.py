from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts.workflow import issue_setup_link
from audit import context


class Command(BaseCommand):
    help = "Print a one-time link that makes the first administrator. Print nothing if there is an administrator."

    def handle(self, *args: object, **options: object) -> None:
        with context.coming_from("command setup_link"):
            token = issue_setup_link()
        if token:
            self.stdout.write(settings.PUBLIC_URL + reverse("setup", args=[token]))
