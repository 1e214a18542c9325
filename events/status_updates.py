"""Events of status updates, and of what is due. Their announcement adds the subject: its id, version and source."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.event import Event


@dataclass(frozen=True)
class StatusUpdatePosted(Event, name="status_update.posted", webhook="incident.status_update"):
    """A status update was posted. `askers` are the people who had requested it."""

    update: int
    audiences: list[str]
    askers: list[int]
    by: int | None = None


@dataclass(frozen=True)
class StatusUpdateAwaiting(Event, name="status_update.awaiting"):
    """A status update awaits approval by `recipients`."""

    update: int
    recipients: list[int]
    by: int | None = None


@dataclass(frozen=True)
class StatusUpdateReturned(Event, name="status_update.returned"):
    """A status update was returned to its author with a reason."""

    update: int
    recipients: list[int]
    reason: str


@dataclass(frozen=True)
class StatusUpdateWithdrawn(Event, name="status_update.withdrawn"):
    """A status update was withdrawn."""

    update: int


@dataclass(frozen=True)
class UpdateRequested(Event, name="update.requested"):
    """Somebody requested a status update for an audience."""

    audience: str
    asks: int
    text: str
    recipients: list[int]
    by: int | None = None


@dataclass(frozen=True)
class UpdateSnoozed(Event, name="update.snoozed"):
    """The due time of an audience's next update was changed."""

    audience: str
    until: datetime


@dataclass(frozen=True)
class ReminderDue(Event, name="reminder.due", public=False):
    """An update is due or overdue, or an incident has no commander; see the schedule of reminders."""

    audience: str
    audiences: list[str]
    what: str
    says: str
    step: int
    due_at: datetime
    items: list[dict[str, Any]]
    recipients: list[int]
    addresses: list[str]
    group: str
