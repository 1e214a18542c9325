"""What a sender tells of one alert in one payload, the same whichever dialect it speaks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Told(StrEnum):
    """The state that a sender tells. It comes from the sender's own field, never from words in a title."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Observed:
    """One alert as it stands in one payload.

    `dedup_key` is this alert, `group_key` what belongs together. `at` is the sender's time of this state, None where it
    tells none. `started_at` is when this occurrence began: the same alert told again with the same `started_at` is no
    new occurrence; where it is None every firing is one. Empty text says nothing and blanks nothing.
    """

    dedup_key: str
    state: Told
    title: str = ""
    description: str = ""
    group_key: str = ""
    severity: str = ""  # the sender's own word
    service: str = ""  # the sender's own name of it
    source: str = ""  # where it was seen: a host, a region
    at: datetime | None = None
    started_at: datetime | None = None
    labels: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    is_one_occurrence: bool = False  # its key is of this occurrence only: told again, it is never a new one


@dataclass(frozen=True)
class Changed:
    """A deployment, a release or another change of a service. `key` names it: told again, it is the same change."""

    key: str
    kind: str  # of incidents.models.ChangeEvent.Kind
    title: str
    at: datetime
    service: str = ""
    url: str = ""
    source: str = ""


@dataclass(frozen=True)
class Parsed:
    """All that one payload tells of alerts.

    `closed_groups` are group keys of which everything is resolved, also what the payload left out: senders that
    shorten a group (`max_alerts`) say so for the whole of it.
    """

    alerts: tuple[Observed, ...] = ()
    changes: tuple[Changed, ...] = ()
    note: str = ""  # why a payload that was understood tells of nothing, such as a ping
    closed_groups: tuple[str, ...] = ()
    at: datetime | None = None  # the sender's time of the payload
