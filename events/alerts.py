"""Events of alerts. Their announcement adds the subject, and the reference of an incident they belong to."""

from dataclasses import dataclass

from events.event import Event


@dataclass(frozen=True)
class AlertEvent(Event):
    """The ids of the alert and its integration, the service's slug, the sender's severity word, and who did it."""

    alert: int
    integration: int
    service: str = ""
    severity: str = ""
    occurrences: int = 1
    by: int | None = None


@dataclass(frozen=True)
class AlertFired(AlertEvent, name="alert.fired"):
    """An alert fired, or fired again after it was resolved."""


@dataclass(frozen=True)
class AlertAcknowledged(AlertEvent, name="alert.acknowledged"):
    """Somebody acknowledged an alert, here or where it comes from."""


@dataclass(frozen=True)
class AlertResolved(AlertEvent, name="alert.resolved"):
    """An alert was resolved."""


@dataclass(frozen=True)
class AlertAttached(AlertEvent, name="alert.attached"):
    """An alert was attached to an incident."""


@dataclass(frozen=True)
class AlertSilenced(AlertEvent, name="alert.silenced"):
    """Somebody silenced an alert in its Alertmanager."""
