from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.models import AuditChain, AuditEntry, first_broken_link


class Command(BaseCommand):
    help = "Recompute every chain of the audit trail. If one is broken, print its first broken link and exit with code 1."

    def _require_chains(self, ends: dict[str, AuditChain]) -> None:
        """Raise CommandError for a record that must have a chain and has none: the chain was removed."""
        for label in settings.AUDITED_MODELS:
            for record in apps.get_model(label)._default_manager.iterator(chunk_size=1000):
                if record.chain not in ends:
                    raise CommandError(f"The audit trail of {record.chain} ({record}) was removed.")

    def handle(self, **options: object) -> None:
        chains = links = 0
        ends = {end.chain: end for end in AuditChain.objects.all()}
        written = AuditEntry.objects.order_by("chain").values_list("chain", flat=True).distinct()
        for chain in sorted({*ends, *written}):
            entries = AuditEntry.objects.of(chain)
            if broken := first_broken_link(entries.iterator(chunk_size=1000)):
                raise CommandError(
                    f"The audit trail is broken at link {broken.sequence} of {chain}: "
                    f"{broken.action} by {broken.actor_label} at {broken.at:%Y-%m-%d %H:%M:%S} UTC."
                )
            last = entries.values_list("sequence", "hash").last()
            if chain not in ends or last != (ends[chain].sequence, ends[chain].hash):
                raise CommandError(
                    f"The audit trail of {chain} ends at link {last[0] if last else 0}, "
                    f"but {ends[chain].sequence if chain in ends else 'no end'} is noted as its end."
                )
            chains += 1
            links += entries.count()
        self._require_chains(ends)
        self.stdout.write(f"The audit trail holds: {links} links in {chains} chains.")
