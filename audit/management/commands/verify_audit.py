from django.core.management.base import BaseCommand, CommandError

from audit.models import AuditEntry, first_broken_link


class Command(BaseCommand):
    help = "Recompute every chain of the audit trail; exit code 1 and the first broken link if one does not hold."

    def handle(self, **options) -> None:
        chains = links = 0
        for chain in AuditEntry.objects.order_by("chain").values_list("chain", flat=True).distinct():
            entries = AuditEntry.objects.of(chain)
            if broken := first_broken_link(entries.iterator(chunk_size=1000)):
                raise CommandError(
                    f"The audit trail is broken at link {broken.sequence} of {chain}: "
                    f"{broken.action} by {broken.actor_label} at {broken.at:%Y-%m-%d %H:%M:%S} UTC."
                )
            chains += 1
            links += entries.count()
        self.stdout.write(f"The audit trail holds: {links} links in {chains} chains.")
