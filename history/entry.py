"""What an entry of a file says, in our words, whatever its format; and what is wrong with a file or an entry."""

from dataclasses import dataclass, field
from datetime import datetime


class BrokenFile(Exception):  # noqa: N818 - what the reader of the report sees, not a fault of ours
    """The file as a whole cannot be read: nothing of it is imported."""


class Refused(ValueError):  # noqa: N818
    """One entry cannot be imported; the others can."""


@dataclass(frozen=True, slots=True)
class PastUpdate:
    """One update: what it announced (a status of an incident or of a maintenance, or "" for no change)."""

    at: datetime
    status: str
    text: str


@dataclass(slots=True)
class Past:
    """An incident of the past. Times are UTC instants; what the file does not know stays None."""

    source_id: str
    title: str
    degree: str  # the file's own word for how bad it was
    status: str
    impact_started_at: datetime
    detected_at: datetime | None = None
    declared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    summary: str = ""
    url: str = ""
    words: list[PastUpdate] = field(default_factory=list)
    services: list[tuple[str, str]] = field(default_factory=list)
    estimated: tuple[str, ...] = ()  # milestones that stand for something near them

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


@dataclass(slots=True)
class PastMaintenance:
    source_id: str
    title: str
    state: str
    announced_at: datetime
    starts_at: datetime
    ends_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None
    words: list[PastUpdate] = field(default_factory=list)
    services: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Own:
    """A line Allclear exported: the whole incident, row by row."""

    source_id: str
    document: dict


Entry = Past | PastMaintenance | Own
