"""Events of automations on incidents. Their announcement adds the incident: its id, version and source."""

from dataclasses import dataclass

from events.event import Event


@dataclass(frozen=True)
class AutomationRequested(Event, name="automation.requested"):
    """Somebody asked to run an automation that a second person must confirm. `recipients` may do so."""

    run: int
    by: int
    recipients: list[int]


@dataclass(frozen=True)
class AutomationRefused(Event, name="automation.refused"):
    """A requested automation was refused or withdrawn. `by` is null where nobody confirmed it in time."""

    run: int
    by: int | None = None


@dataclass(frozen=True)
class AutomationStarted(Event, name="automation.started"):
    """An automation was started: its target is called once."""

    run: int
    by: int


@dataclass(frozen=True)
class AutomationAnswered(Event, name="automation.answered"):
    """The call of an automation ended. `state` is accepted, rejected, not_sent or unknown."""

    run: int
    state: str
