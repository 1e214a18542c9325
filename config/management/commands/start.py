from django.core.management.base import BaseCommand

from config.supervisor.preflight import Refused
from config.supervisor.services import start


class Command(BaseCommand):
    help = "Run PostgreSQL, web, worker and beat until Ctrl-C (bin/start installs what this needs, then calls it)."
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            start()
        except Refused as refused:
            raise SystemExit(str(refused)) from refused
