"""What the page of an incident shows of its alerts (settings.INCIDENT_HOOKS)."""

from alerts.models import Alert
from incidents.models import Incident

SHOWN = 8


def alerts_of(incident: Incident) -> list[Alert]:
    """The newest of those attached to it, firing first; one more than is shown says that there are more."""
    rows = Alert.objects.filter(incident=incident).select_related("service", "integration")
    return list(rows.open_first()[: SHOWN + 1])
