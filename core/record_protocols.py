"""What the template tags of every page need to know of the records they show; the models stand above."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol


class Named(Protocol):
    """A person with a face; `accounts.models.User` is one."""

    @property
    def initials(self) -> str: ...


class Cadence(Protocol):
    investigating_minutes: int | None


class Cadences(Protocol):
    def all(self) -> Iterable[Cadence]: ...


class Severity(Protocol):
    rank: int
    name: str

    @property
    def cadences(self) -> Cadences: ...

    def cadence_for(self, audience: str) -> Cadence | None: ...


class Schedule(Protocol):
    """When the next update to one audience is due."""

    due_at: datetime

    @property
    def is_overdue(self) -> bool: ...


class Event(Protocol):
    """One row of the timeline."""

    kind: str
    phase: str
    data: dict[str, Any]


class Gap(Protocol):
    """A stretch of time of which nobody knows what happened."""

    occurred_at: datetime
    ended_at: datetime
