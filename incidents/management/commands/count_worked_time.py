from django.core.management.base import BaseCommand
from django.db import transaction

from incidents.models import Participation

AT_ONCE = 5_000


class Command(BaseCommand):
    help = "Count the responder time of every participation again. It is counted whenever it changes. This is for a database that was changed by hand."

    def handle(self, **options: object) -> None:
        whole, counted, last = Participation.objects.count(), 0, 0
        while pks := self._count(last):
            counted, last = counted + len(pks), pks[-1]
            self.stdout.write(f"Counted {counted:,} of {whole:,}.")
        self.stdout.write(f"Counted the responder time of {counted:,} participations.")

    @transaction.atomic
    def _count(self, after: int) -> list[int]:
        """Rows are held first: what somebody stores of them meanwhile is then seen by the statement that counts."""
        rows = Participation.objects.filter(pk__gt=after).order_by("pk").select_for_update()
        pks = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        Participation.objects.filter(pk__in=pks).count_work()
        return pks
