"""Every event that can be announced, by its name; each module holds those of one subject."""

from events import (
    action_items,
    alerts,
    automations,
    incidents,
    maintenance,
    retrospectives,
    status_updates,
    tickets,
)
from events.event import BY_NAME

__all__ = [
    "BY_NAME",
    "action_items",
    "alerts",
    "automations",
    "incidents",
    "maintenance",
    "retrospectives",
    "status_updates",
    "tickets",
]
