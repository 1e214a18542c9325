import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from audit import context
from incidents.models import Service
from integrations.mail_addresses import address_of_key
from integrations.models import Opens
from integrations.workflow import create_integration


class Command(BaseCommand):
    help = "Create an integration and print it as one JSON object. Its token is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", required=True, help="who sends, such as alertmanager")
        parser.add_argument("--name", required=True)
        parser.add_argument("--service", default="", help="the slug of the service its alerts are about")
        parser.add_argument(
            "--opens", choices=Opens.values, default=Opens.CRITICAL.value, help="what alerts become"
        )
        parser.add_argument(
            "--topic-arn", default="", help="of Amazon SNS: the topic whose messages are taken"
        )

    def handle(self, *args: object, **options: Any) -> None:
        by = User.objects.administrators().first()
        if by is None:
            raise CommandError("There is no administrator. Run bin/start and become one first.")
        service = None
        if options["service"]:
            service = Service.objects.filter(slug=options["service"]).first()
            if service is None:
                raise CommandError(f"There is no service “{options['service']}”.")
        try:
            with context.coming_from("command create_integration"):
                integration, key = create_integration(
                    by=by,
                    kind=options["kind"],
                    name=options["name"],
                    service=service,
                    opens=options["opens"],
                    topic_arn=options["topic_arn"],
                )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        told = {
            "id": integration.pk,
            "kind": integration.kind,
            "url": f"{settings.PUBLIC_URL}/hooks/{key}/",
            "token": key,
        }
        if address := address_of_key(integration, key):
            told["address"] = address
        self.stdout.write(json.dumps(told))
