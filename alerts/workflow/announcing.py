"""Events of alerts, for the API and for webhooks.

There may be thousands a minute, and nobody is notified of them by mail or chat. So they are stored as told already,
and webhooks that chose them are asked at once (settings.ALERT_HOOKS): nothing about incidents waits behind them.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from alerts.models import Alert
from events.alerts import AlertEvent
from notifications.models import OutboxMessage
from notifications.workflow import new_message


def announce_alerts(event: type[AlertEvent], alerts: Iterable[Alert], *, by: User | None = None) -> None:
    """In the transaction of the change, with alerts as they are now; tests are told to nobody."""
    messages = [_message(event, alert, by) for alert in alerts if not alert.is_test]
    if messages:
        OutboxMessage.objects.bulk_create(messages)
        import_string(settings.ALERT_HOOKS["events"])(messages)


def _message(event: type[AlertEvent], alert: Alert, by: User | None) -> OutboxMessage:
    told = event(
        alert=alert.pk,
        integration=alert.integration_id,
        service=alert.service.slug if alert.service else "",
        severity=alert.severity,
        occurrences=alert.occurrences,
        by=by.pk if by else None,
    )
    incident = alert.incident
    about = {"reference": incident.reference, "source": incident.source} if incident else {}
    message = new_message(event=told, subject=alert.chain, about=about)
    message.done_at = timezone.now()
    return message
