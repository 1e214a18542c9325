"""What the page of an incident shows of its alerts (settings.INCIDENT_HOOKS)."""

from dataclasses import dataclass

from alerts.models import Alert
from incidents.models import Incident

SHOWN = 8


@dataclass(frozen=True)
class AlertsOfIncident:
    shown: list[Alert]
    are_more: bool


def alerts_of(incident: Incident) -> AlertsOfIncident:
    """The newest of those attached to it, firing first."""
    found = list(Alert.objects.filter(incident=incident).open_first()[: SHOWN + 1])
    return AlertsOfIncident(found[:SHOWN], len(found) > SHOWN)
