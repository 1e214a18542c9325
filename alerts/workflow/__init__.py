"""The verbs of alerts."""

from alerts.workflow.acting import acknowledge_alert, attach_alert, detach_alert, mark_noise
from alerts.workflow.routing import is_critical, route_alerts
from alerts.workflow.taking_in import (
    TakenIn,
    forget_early_resolutions,
    services_by_name,
    take_in,
    wait_for_others,
)

__all__ = [
    "TakenIn",
    "acknowledge_alert",
    "attach_alert",
    "detach_alert",
    "forget_early_resolutions",
    "is_critical",
    "mark_noise",
    "route_alerts",
    "services_by_name",
    "take_in",
    "wait_for_others",
]
