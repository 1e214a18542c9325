"""What has not been heard for too long is an alert, until it is heard again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Value

from alerts.models import Alert
from alerts.observed import Observed, Parsed, Told
from alerts.workflow import route_alerts, take_in, wait_for_others
from integrations.models import Integration, IntegrationQuerySet
from integrations.senders.heartbeat.parse import GROUP

KIND = "heartbeat"
MINUTE = Value(timedelta(minutes=1), output_field=DurationField())


def awaited_heartbeats(*, overdue_at: datetime | None = None) -> IntegrationQuerySet:
    """Those that have been heard and are not silent yet, each with `due_at`: then it is. Or those overdue by a time."""
    late = ExpressionWrapper(F("expected_every") * MINUTE, output_field=DurationField())
    silent = Alert.objects.open().filter(integration=OuterRef("pk"), group_key=GROUP)
    rows = Integration.objects.filter(kind=KIND, paused_at=None, last_received_at__isnull=False)
    due_at = ExpressionWrapper(F("last_received_at") + late, output_field=DateTimeField())
    awaited = rows.filter(~Exists(silent)).annotate(due_at=due_at)
    return awaited.filter(due_at__lte=overdue_at) if overdue_at else awaited


def tell_silences(*, now: datetime) -> int:
    """An alert for each heartbeat that is overdue; how many there are."""
    overdue = awaited_heartbeats(overdue_at=now).order_by("pk").values_list("pk", flat=True)
    return sum(_tell_silence(pk, now) for pk in list(overdue))


@transaction.atomic
def _tell_silence(pk: int, now: datetime) -> bool:
    """Once, also where two workers look at it."""
    wait_for_others(pk)
    rows = awaited_heartbeats(overdue_at=now).select_related("service", "account")
    integration = rows.filter(pk=pk).first()
    if integration is None:
        return False
    every, last = integration.expected_every, integration.last_received_at
    unit = "minute" if every == 1 else "minutes"
    silence = Observed(
        dedup_key=GROUP,
        group_key=GROUP,
        state=Told.FIRING,
        title=f"Nothing heard from {integration.name} for {every} {unit}",
        description=f"The last heartbeat came at {last:%Y-%m-%d %H:%M} UTC.",
        severity="critical",
        at=now,
        started_at=integration.due_at,  # type: ignore[attr-defined]  # annotated
    )
    taken = take_in(
        integration=integration, parsed=Parsed((silence,)), received_at=now, by=integration.account
    )
    route_alerts(alerts=taken.fired, opens=integration.opens, by=integration.account)
    return True
