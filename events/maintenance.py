"""Events of maintenances. Their announcement adds the subject: its id, version and source."""

from dataclasses import dataclass

from events.event import Event


@dataclass(frozen=True)
class MaintenanceEvent(Event):
    """What all events of a maintenance tell: which one, and its update."""

    maintenance: int
    update: int | None = None


@dataclass(frozen=True)
class MaintenanceScheduled(MaintenanceEvent, name="maintenance.scheduled"):
    """A maintenance was scheduled."""


@dataclass(frozen=True)
class MaintenanceChanged(MaintenanceEvent, name="maintenance.changed"):
    """A scheduled maintenance was changed."""


@dataclass(frozen=True)
class MaintenanceUpdated(MaintenanceEvent, name="maintenance.updated"):
    """An update about a maintenance was posted."""


@dataclass(frozen=True)
class MaintenanceReminder(MaintenanceEvent, name="maintenance.reminder", public=False):
    """A maintenance begins within the hour."""


@dataclass(frozen=True)
class MaintenanceInProgress(MaintenanceEvent, name="maintenance.in_progress"):
    """A maintenance began."""


@dataclass(frozen=True)
class MaintenanceVerifying(MaintenanceEvent, name="maintenance.verifying"):
    """The work is done and being verified."""


@dataclass(frozen=True)
class MaintenanceCompleted(MaintenanceEvent, name="maintenance.completed"):
    """A maintenance was completed."""


@dataclass(frozen=True)
class MaintenanceCancelled(MaintenanceEvent, name="maintenance.cancelled"):
    """A maintenance was cancelled."""
