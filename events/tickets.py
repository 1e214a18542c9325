"""Events of the tickets of action items. Their announcement adds the item: its id, version and source."""

from dataclasses import dataclass, field

from events.event import Event


@dataclass(frozen=True)
class TicketEvent(Event):
    """What all events of a ticket tell: which, and by whom."""

    ticket: int
    by: int | None = None


@dataclass(frozen=True)
class TicketLinked(TicketEvent, name="action_item.ticket_linked"):
    """A ticket was created for an action item, or linked with it."""


@dataclass(frozen=True)
class TicketUnlinked(TicketEvent, name="action_item.ticket_unlinked"):
    """A ticket is no longer linked with an action item."""


@dataclass(frozen=True)
class TicketConflictNoticed(TicketEvent, name="action_item.ticket_conflict"):
    """An action item and its ticket were changed at once, into different values."""

    recipients: list[int] = field(default_factory=list)
