"""Events of incidents. Their announcement adds the subject: its id, version and source."""

from dataclasses import dataclass

from events.event import Event


@dataclass(frozen=True)
class IncidentReported(Event, name="incident.reported"):
    """Somebody reported a suspected incident."""

    by: int


@dataclass(frozen=True)
class IncidentDeclined(Event, name="incident.declined", webhook="incident.status_changed"):
    """A suspected incident was declined."""

    by: int


@dataclass(frozen=True)
class IncidentDeclared(Event, name="incident.declared", webhook="incident.declared"):
    """An incident was declared."""

    by: int
    severity: str


@dataclass(frozen=True)
class IncidentEdited(Event, name="incident.edited"):
    """Description, notes or impact were edited; `fields` names the columns."""

    fields: list[str]


@dataclass(frozen=True)
class IncidentMitigated(Event, name="incident.mitigated", webhook="incident.status_changed"):
    """The impact was mitigated. `update` is the status update posted with it."""

    by: int
    status: str
    update: int | None = None


@dataclass(frozen=True)
class IncidentResolved(Event, name="incident.resolved", webhook="incident.status_changed"):
    """The incident was resolved. `update` is the status update posted with it."""

    by: int
    status: str
    update: int | None = None


@dataclass(frozen=True)
class IncidentReopened(Event, name="incident.reopened", webhook="incident.status_changed"):
    """A resolved or closed incident was reopened."""

    by: int
    status: str
    update: int | None = None


@dataclass(frozen=True)
class IncidentClosed(Event, name="incident.closed"):
    """The incident was closed."""

    status: str


@dataclass(frozen=True)
class IncidentMerged(Event, name="incident.merged", webhook="incident.status_changed"):
    """The incident was merged into another one."""

    by: int
    into: int


@dataclass(frozen=True)
class StatusChanged(Event, name="status.changed", webhook="incident.status_changed"):
    """The status was changed by hand."""

    by: int
    before: str
    status: str


@dataclass(frozen=True)
class SeverityChanged(Event, name="severity.changed", webhook="incident.severity_changed"):
    """The severity was changed; both by name."""

    by: int
    before: str
    severity: str


@dataclass(frozen=True)
class VisibilityChanged(Event, name="visibility.changed"):
    """The incident became private or public. `recipients` stay on it."""

    by: int
    private: bool
    recipients: list[int]


@dataclass(frozen=True)
class ImpactAssessed(Event, name="impact.assessed"):
    """The impact was assessed; the severity it suggests, by name."""

    suggested: str


@dataclass(frozen=True)
class ServiceImpactChanged(Event, name="service.impact_changed"):
    """How badly a service is affected was changed."""

    service: int
    impact: str | None


@dataclass(frozen=True)
class MilestonesSet(Event, name="milestones.set"):
    """Milestones were corrected; their column names."""

    milestones: list[str]


@dataclass(frozen=True)
class RoleAssigned(Event, name="role.assigned"):
    """Somebody was assigned a role."""

    by: int
    role: str
    user: int


@dataclass(frozen=True)
class RoleTakenOver(Event, name="role.taken_over"):
    """Somebody took over a role; `recipients` had it."""

    by: int
    role: str
    user: int
    recipients: list[int]


@dataclass(frozen=True)
class RoleReleased(Event, name="role.released"):
    """Somebody released a role."""

    role: str
    user: int


@dataclass(frozen=True)
class ParticipationJoined(Event, name="participation.joined"):
    """Somebody joined the incident."""

    user: int


@dataclass(frozen=True)
class ParticipationLeft(Event, name="participation.left"):
    """Somebody left the incident."""

    user: int


@dataclass(frozen=True)
class ParticipationAdded(Event, name="participation.added"):
    """Somebody was added to the incident."""

    by: int
    user: int


@dataclass(frozen=True)
class ParticipationRemoved(Event, name="participation.removed"):
    """Somebody's access to a private incident was revoked."""

    user: int


@dataclass(frozen=True)
class HypothesisRaised(Event, name="hypothesis.raised"):
    """A hypothesis was raised."""

    hypothesis: int


@dataclass(frozen=True)
class HypothesisMoved(Event, name="hypothesis.moved"):
    """A hypothesis got another state."""

    hypothesis: int
    state: str


@dataclass(frozen=True)
class MitigationRecorded(Event, name="mitigation.recorded"):
    """A mitigation was recorded."""

    mitigation: int


@dataclass(frozen=True)
class MitigationMoved(Event, name="mitigation.moved"):
    """A mitigation got another state."""

    mitigation: int
    state: str


@dataclass(frozen=True)
class ChangeRecorded(Event, name="change.recorded"):
    """A change (deployment, configuration …) was recorded."""

    change: int


@dataclass(frozen=True)
class ChangeSuspected(Event, name="change.suspected"):
    """A change is suspected to have introduced the incident."""

    change: int


@dataclass(frozen=True)
class ChangeCleared(Event, name="change.cleared"):
    """A change is no longer suspected."""

    change: int


@dataclass(frozen=True)
class TaskAdded(Event, name="task.added"):
    """A task was added."""

    task: int


@dataclass(frozen=True)
class TaskAssigned(Event, name="task.assigned"):
    """A task was assigned, or its owner removed."""

    by: int
    task: int
    user: int | None = None


@dataclass(frozen=True)
class TaskCompleted(Event, name="task.completed"):
    """A task was completed."""

    task: int


@dataclass(frozen=True)
class TaskReopened(Event, name="task.reopened"):
    """A task was reopened."""

    task: int


@dataclass(frozen=True)
class LinkAdded(Event, name="link.added"):
    """A link was added."""

    link: int


@dataclass(frozen=True)
class RecoveryCheckAdded(Event, name="recovery_check.added"):
    """A recovery check was added."""

    check: int


@dataclass(frozen=True)
class RecoveryCheckWatching(Event, name="recovery_check.watching"):
    """A recovery check is being watched."""

    check: int


@dataclass(frozen=True)
class RecoveryCheckSettled(Event, name="recovery_check.settled"):
    """A recovery check passed, failed or was waived."""

    check: int
    state: str


@dataclass(frozen=True)
class IncidentRetrospectiveStarted(Event, name="incident.retrospective_started"):
    """A retrospective of the incident was started."""

    retrospective: int
