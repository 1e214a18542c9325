import pytest

from audit.models import AuditEntry
from notifications.models import OutboxMessage
from retros.models import Retrospective
from retros.workflow import start_retrospective


@pytest.fixture
def retrospective(incident, commander) -> Retrospective:
    """Of the open incident, owned by its commander."""
    return start_retrospective(incident=incident, by=commander, owner=commander)


class Left:
    """What a verb left behind in a retrospective's chain."""

    def __init__(self, retrospective):
        self.chain = retrospective.chain
        self.before = self._now()

    def _now(self):
        actions = [entry.action for entry in AuditEntry.objects.of(self.chain)]
        sent = OutboxMessage.objects.filter(subject=self.chain).order_by("created_at")
        return actions, [message.topic for message in sent]

    @property
    def actions(self) -> list[str]:
        return self._now()[0][len(self.before[0]) :]

    @property
    def topics(self) -> list[str]:
        return self._now()[1][len(self.before[1]) :]

    @property
    def nothing(self) -> bool:
        return self._now() == self.before


@pytest.fixture
def left():
    """`seen = left(retrospective)` before a verb; afterwards `seen.actions`, `seen.topics`, `seen.nothing`."""
    return Left
