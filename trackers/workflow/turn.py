"""One thing that a worker does with a tracker."""

from typing import Any, Protocol

from trackers.face import Access, Client, TrackerError


class Turn(Protocol):
    """`ask` runs in a thread and asks no database (but that of the demo, whose tracker is a table in it); `settle` or
    `fail` writes what came of it.

    `settle` may return what is to be asked next in the same turn.
    """

    tracker_id: int
    access: Access

    def ask(self, client: Client) -> Any: ...

    def settle(self, answer: Any) -> "Turn | None": ...

    def fail(self, error: TrackerError) -> None: ...
