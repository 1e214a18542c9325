"""Events that are in no catalogue, for tests of what happens to any event."""

from dataclasses import dataclass, field
from typing import Any

from events.event import Event


@dataclass(frozen=True)
class Made(Event):
    """`enqueue(event=Made("odd.topic", {"source": "replay"}), …)`."""

    topic: str = "t"
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.topic

    def payload(self) -> dict[str, Any]:
        return self.content
