"""The verbs of alerts."""

from alerts.workflow.acting import (
    acknowledge_alert,
    acknowledge_alerts,
    attach_alert,
    detach_alert,
    mark_noise,
    takes_alerts,
)
from alerts.workflow.routes import (
    add_alert_route,
    change_alert_route,
    order_alert_routes,
    remove_alert_route,
    try_alert_route,
)
from alerts.workflow.routing import is_critical, route_alerts, route_due_alerts
from alerts.workflow.silencing import (
    end_alert_silence,
    matching_alerts,
    silence_alert,
    why_not_silenced,
)
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
    "acknowledge_alerts",
    "add_alert_route",
    "attach_alert",
    "change_alert_route",
    "detach_alert",
    "end_alert_silence",
    "forget_early_resolutions",
    "is_critical",
    "mark_noise",
    "matching_alerts",
    "order_alert_routes",
    "remove_alert_route",
    "route_alerts",
    "route_due_alerts",
    "services_by_name",
    "silence_alert",
    "take_in",
    "takes_alerts",
    "try_alert_route",
    "wait_for_others",
    "why_not_silenced",
]
