from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.workflow import create_token
from audit import context


class Command(BaseCommand):
    help = "Create an API token and print it, and nothing else. It is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="whose token it is")
        parser.add_argument(
            "--scopes", required=True, help="with commas, e.g. incidents:read,incidents:write"
        )
        parser.add_argument("--days", type=int, default=90, help="how long it lives (90)")
        parser.add_argument(
            "--private", action="store_true", help="reaches the private incidents of its owner"
        )
        parser.add_argument("--name", default="command line", help="where it is used")

    def handle(self, *args: object, **options: Any) -> None:
        owner = User.objects.filter(is_active=True).with_email(options["email"]).first()
        if owner is None:
            where = "."
            if settings.EMBEDDED_DATABASE:
                where = f" in {settings.DATA_DIR}. ALLCLEAR_DATA names another data folder."
            raise CommandError(f"There is no active account with the address {options['email']}{where}")
        try:
            with context.coming_from("command create_token"):
                _token, text = create_token(
                    by=owner if not owner.is_service else _administrator(),
                    owner=owner,
                    name=options["name"],
                    scopes=[scope.strip() for scope in options["scopes"].split(",") if scope.strip()],
                    lifetime=timedelta(days=options["days"]),
                    reaches_private=options["private"],
                )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(text)


def _administrator() -> User:
    person = User.objects.administrators().first()
    if person is None:
        raise CommandError("There is no administrator. Run bin/start and become one first.")
    return person
