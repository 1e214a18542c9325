"""What apps ask of apps above them, by dotted paths of functions."""

INCIDENT_HOOKS = {
    "recipient_counts": "shell.recipients.counts_of",
    "recipients": "shell.recipients.reached",
    "public_pages": "statuspages.status_snapshot.pages_of",
    "component_pages": "statuspages.status_snapshot.component_pages_of",
    "is_followed": "subscribers.following.is_followed",
    "followed_services": "subscribers.following.followed_services",
    "alerts": "alerts.of_incident.alerts_of",
    "signals": "signals.of_incident.signals_of",
    "has_signals": "signals.of_incident.has_signals",
    "signal_checks": "signals.of_incident.signal_checks_of",
    "automations": "automations.of_incident.automations_of",
    "has_automations": "automations.of_incident.has_automations",
}
"""Dotted paths to functions that answer for the pages of incidents (incidents/hooks.py)."""
ACTION_ITEM_HOOKS = {
    "tickets": "trackers.of_item.tickets_of",
    "ticket_marks": "trackers.of_list.ticket_marks",
    "ticket_cells": "trackers.of_list.ticket_cells",
    "makes_tickets": "trackers.of_item.makes_tickets",
    "has_trackers": "trackers.of_list.has_trackers",
    "narrowed_by_tickets": "trackers.of_list.narrowed_by_tickets",
    "conflicts": "trackers.of_list.conflicts_of",
    "conflict_count": "trackers.of_list.conflict_count",
}
"""Dotted paths to functions that answer for the pages of action items (action_items/hooks.py)."""
ALERT_HOOKS = {
    "maintenances": "statuspages.maintained.maintenances_of",
    "events": "api.webhooks.send_now",
}
"""Dotted paths to functions that answer for routes of alerts (alerts/workflow/knowing.py)."""
