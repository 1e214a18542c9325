"""Action items and what people were told about them."""

from action_items.models.items import (
    DONE_STATES,
    UNFINISHED_STATES,
    ActionCategory,
    ActionGroup,
    ActionItem,
    ActionItemQuerySet,
    ActionState,
    Helped,
    Priority,
)
from action_items.models.reminders import DUE_STEPS, ActionDigest, ActionReminder, ActionStep

__all__ = [
    "DONE_STATES",
    "DUE_STEPS",
    "UNFINISHED_STATES",
    "ActionCategory",
    "ActionDigest",
    "ActionGroup",
    "ActionItem",
    "ActionItemQuerySet",
    "ActionReminder",
    "ActionState",
    "ActionStep",
    "Helped",
    "Priority",
]
