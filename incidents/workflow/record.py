"""What one verb says of an incident, gathered and written in one go: timeline, audit trail, outbox."""

from datetime import datetime
from typing import Any

from accounts.models import User
from audit.workflow import Said, record_all
from events.event import Event
from incidents.models import Incident
from incidents.workflow.transitions import announce_all, news
from notifications.models import OutboxMessage
from timeline.models import TimelineEvent
from timeline.workflow import new_event


class Record:
    """Every method notes what is so at that moment; `write` stores all of it in the caller's transaction.

    Four statements, however much a verb says: the rows of the timeline, the end of the audit chain, its links,
    and the outbox, which also notifies open screens.
    """

    def __init__(self, incident: Incident, by: User):
        self.incident, self.by = incident, by
        self.rows: list[TimelineEvent] = []
        self.said: list[Said] = []
        self.messages: list[OutboxMessage] = []

    def event(self, *, by: User | None, **facts: Any) -> None:
        """A row of the timeline; takes what `record_event` takes."""
        self.rows.append(new_event(incident=self.incident, by=by, **facts))

    def audit(self, action: str, **changes: Any) -> None:
        self.said.append(Said(action, self.incident.reference, self.by, changes))

    def announce(self, event: Event, *, due_at: datetime | None = None) -> None:
        self.messages.append(news(self.incident, event, due_at=due_at))

    def write(self) -> None:
        if self.rows:
            TimelineEvent.objects.bulk_create(self.rows)
        if self.said:
            record_all(chain=self.incident.chain, said=self.said)
        if self.messages:
            announce_all(self.incident, self.messages)
