"""Whether anybody or anything needs the signals of an incident: without that, nothing is fetched."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from incidents.models import Incident
from incidents.permissions import can_respond
from notifications.workflow import wake_worker
from signals.models import DataSource, Look, Signal
from signals.window import is_running

JOB = "signals.tasks.refresh_signals"


def note_look(incident: Incident, last: datetime | None, *, now: datetime | None = None) -> None:
    """Somebody sees them; `last` is the look that is stored. At most one write a minute."""
    now = now or timezone.now()
    if not is_running(incident) or (last and now - last < Look.EVERY):
        return
    with transaction.atomic():
        _made, is_new = Look.objects.update_or_create(
            incident=incident,
            defaults={"looked_at": now},
            create_defaults={"looked_at": now, "refresh_at": now},
        )
        if is_new:
            wake_worker(JOB)


def refresh_soon(incident: Incident, now: datetime) -> None:
    """In the caller's transaction: fetch at once, whether somebody looks or not."""
    Look.objects.update_or_create(
        incident=incident, defaults={"refresh_at": now}, create_defaults={"looked_at": now, "refresh_at": now}
    )
    wake_worker(JOB)


@transaction.atomic
def retry_sources(*, incident: Incident, by: User) -> None:
    """Ask sources that did not answer again at once, though their pause is not over."""
    if not can_respond(by, incident):
        raise PermissionDenied("Only responders can do this.")
    now = timezone.now()
    sources = Signal.objects.of_incident(incident).order_by().values("source")
    DataSource.objects.filter(pk__in=sources, retry_at__gt=now).update(retry_at=None)
    refresh_soon(incident, now)
