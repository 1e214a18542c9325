from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import get_resolver
from drf_spectacular.renderers import OpenApiYamlRenderer

from api.openapi import openapi_schema


class Command(BaseCommand):
    help = "Write docs/openapi.yaml again, after an operation or a shape was added or changed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is up to date")

    def handle(self, *args: object, **options: Any) -> None:
        assert get_resolver().url_patterns  # the operations register when the addresses are read
        file = settings.BASE_DIR / "docs" / "openapi.yaml"
        written = OpenApiYamlRenderer().render(openapi_schema())
        if not options["check"]:
            file.write_bytes(written)
        elif not file.exists() or file.read_bytes() != written:
            raise CommandError("docs/openapi.yaml is not up to date. Run bin/manage write_openapi.")
