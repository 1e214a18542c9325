"""Events of action items. Their announcement adds the subject: its id, version and source."""

from dataclasses import dataclass
from datetime import date

from events.event import Event


@dataclass(frozen=True)
class ActionItemEvent(Event):
    """What all changes of an action item tell: by whom, and the people who are notified."""

    recipients: list[int]
    by: int | None = None


@dataclass(frozen=True)
class ActionItemAssigned(ActionItemEvent, name="action_item.assigned"):
    """An action item got an owner."""


@dataclass(frozen=True)
class ActionItemChanged(ActionItemEvent, name="action_item.changed"):
    """An action item was changed."""


@dataclass(frozen=True)
class ActionItemStarted(ActionItemEvent, name="action_item.started"):
    """Work on an action item began."""


@dataclass(frozen=True)
class ActionItemCompleted(ActionItemEvent, name="action_item.completed"):
    """An action item was completed."""


@dataclass(frozen=True)
class ActionItemVerified(ActionItemEvent, name="action_item.verified"):
    """Somebody verified that an action item works."""


@dataclass(frozen=True)
class ActionItemReopened(ActionItemEvent, name="action_item.reopened"):
    """An action item was opened again."""


@dataclass(frozen=True)
class ActionItemSetAside(ActionItemEvent, name="action_item.set_aside"):
    """An action item was set aside."""


@dataclass(frozen=True)
class ActionItemWontDo(ActionItemEvent, name="action_item.wont_do"):
    """An action item will not be done."""


@dataclass(frozen=True)
class ActionItemHelped(ActionItemEvent, name="action_item.helped"):
    """Its owner said whether an action item helped."""


@dataclass(frozen=True)
class ActionItemReminder(Event, name="action_item.reminder", public=False):
    """An action item is due, overdue, or asked whether it helped."""

    step: str
    day: date
    recipients: list[int]


@dataclass(frozen=True)
class ActionItemsDigest(Event, name="action_items.digest", public=False):
    """The weekly list of a person's action items."""

    recipients: list[int]
    week: date


@dataclass(frozen=True)
class ActionItemAdded(ActionItemEvent, name="action_item.added"):
    """An action item was added."""
