"""Every event, by subject. Their fields stand beside what each announcement says of its subject (its id and source)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.event import Event

# -- incidents -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IncidentReported(Event, name="incident.reported"):
    """Somebody reported a suspected incident."""

    by: int


@dataclass(frozen=True)
class IncidentDeclined(Event, name="incident.declined"):
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
    """Somebody took over a role from `recipients`."""

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


# -- status updates and reminders ------------------------------------------------------------------------


@dataclass(frozen=True)
class StatusUpdatePosted(Event, name="status_update.posted", webhook="incident.status_update"):
    """A status update was posted. `askers` are the people who had requested it."""

    update: int
    audiences: list[str]
    askers: list[int]
    by: int | None = None


@dataclass(frozen=True)
class StatusUpdateAwaiting(Event, name="status_update.awaiting"):
    """A status update awaits approval by `recipients`."""

    update: int
    recipients: list[int]
    by: int | None = None


@dataclass(frozen=True)
class StatusUpdateReturned(Event, name="status_update.returned"):
    """A status update was returned to its author with a reason."""

    update: int
    recipients: list[int]
    reason: str


@dataclass(frozen=True)
class StatusUpdateWithdrawn(Event, name="status_update.withdrawn"):
    """A status update was withdrawn."""

    update: int


@dataclass(frozen=True)
class UpdateRequested(Event, name="update.requested"):
    """Somebody requested a status update for an audience."""

    audience: str
    asks: int
    text: str
    recipients: list[int]
    by: int | None = None


@dataclass(frozen=True)
class UpdateSnoozed(Event, name="update.snoozed"):
    """The due time of an audience's next update was changed."""

    audience: str
    until: datetime


@dataclass(frozen=True)
class ReminderDue(Event, name="reminder.due"):
    """An update is due or overdue, or an incident has no commander; see the schedule of reminders."""

    audience: str
    audiences: list[str]
    what: str
    says: str
    step: int
    due_at: datetime
    items: list[dict[str, Any]]
    recipients: list[int]
    addresses: list[str]
    group: str


# -- retrospectives --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RetrospectiveStarted(Event, name="retrospective.started"):
    """A retrospective was started."""


@dataclass(frozen=True)
class RetrospectiveFramed(Event, name="retrospective.framed"):
    """Title, scope or objectives of a retrospective were changed."""


@dataclass(frozen=True)
class RetrospectiveJoined(Event, name="retrospective.joined"):
    """People were added as participants, to a session if one is scheduled."""

    by: int
    recipients: list[int]
    scheduled_at: str = ""
    minutes: int = 0
    place: str = ""


@dataclass(frozen=True)
class RetrospectiveLeft(Event, name="retrospective.left"):
    """A participant was removed."""

    person: int


@dataclass(frozen=True)
class RetrospectiveScheduled(Event, name="retrospective.scheduled"):
    """A session was scheduled."""

    by: int
    recipients: list[int]
    scheduled_at: str = ""
    minutes: int = 0
    place: str = ""


@dataclass(frozen=True)
class RetrospectiveCalledOff(Event, name="retrospective.called_off"):
    """A scheduled session was cancelled."""

    by: int
    recipients: list[int]


@dataclass(frozen=True)
class RetrospectiveSteppedBack(Event, name="retrospective.stepped_back"):
    """A retrospective returned to an earlier status."""


@dataclass(frozen=True)
class RetrospectiveInReview(Event, name="retrospective.in_review"):
    """A retrospective is in review."""

    by: int
    recipients: list[int]


@dataclass(frozen=True)
class RetrospectivePublished(Event, name="retrospective.published"):
    """A version of a retrospective was published."""

    by: int
    number: int
    recipients: list[int]


@dataclass(frozen=True)
class RetrospectiveReopened(Event, name="retrospective.reopened"):
    """A published retrospective was opened again."""


@dataclass(frozen=True)
class RetrospectiveDue(Event, name="retrospective.due"):
    """A retrospective is due soon or overdue."""

    due_on: str
    says: str
    recipients: list[int]


@dataclass(frozen=True)
class RetrospectiveImpactWritten(Event, name="retrospective.impact_written"):
    """The impact section was changed."""

    dimension: str = ""


@dataclass(frozen=True)
class PublicTextWritten(Event, name="public_text.written"):
    """The public text of a retrospective was changed."""


@dataclass(frozen=True)
class SessionStarted(Event, name="session.started"):
    """A session began."""


@dataclass(frozen=True)
class SessionEnded(Event, name="session.ended"):
    """A session ended."""


@dataclass(frozen=True)
class AgendaChanged(Event, name="agenda.changed"):
    """The agenda or its clock was changed."""

    do: str = ""


@dataclass(frozen=True)
class LearningAdded(Event, name="learning.added"):
    """A learning was added."""


@dataclass(frozen=True)
class LearningChanged(Event, name="learning.changed"):
    """A learning was changed."""


@dataclass(frozen=True)
class LearningMoved(Event, name="learning.moved"):
    """A learning was moved to another group."""


@dataclass(frozen=True)
class LearningWithdrawn(Event, name="learning.withdrawn"):
    """A learning was withdrawn."""


@dataclass(frozen=True)
class LearningsRevealed(Event, name="learnings.revealed"):
    """The learnings were revealed to all participants."""


@dataclass(frozen=True)
class LearningsVotingClosed(Event, name="learnings.voting_closed"):
    """Voting on the learnings was closed."""


@dataclass(frozen=True)
class LearningGroupAdded(Event, name="learning_group.added"):
    """A group of learnings was added."""


@dataclass(frozen=True)
class LearningGroupRenamed(Event, name="learning_group.renamed"):
    """A group of learnings was renamed."""


@dataclass(frozen=True)
class LearningGroupDissolved(Event, name="learning_group.dissolved"):
    """A group of learnings was dissolved."""


@dataclass(frozen=True)
class FactorAdded(Event, name="factor.added"):
    """A contributing factor was added."""

    factor: int


@dataclass(frozen=True)
class FactorChanged(Event, name="factor.changed"):
    """A contributing factor was changed."""

    factor: int


@dataclass(frozen=True)
class FactorMoved(Event, name="factor.moved"):
    """A contributing factor was moved."""

    factor: int


@dataclass(frozen=True)
class FactorRemoved(Event, name="factor.removed"):
    """A contributing factor was removed."""

    factor: int


@dataclass(frozen=True)
class FactorLinked(Event, name="factor.linked"):
    """A contributing factor was linked with one of other retrospectives."""

    factor: int


@dataclass(frozen=True)
class FactorUndone(Event, name="factor.undone"):
    """The last change of the contributing factors was undone."""


@dataclass(frozen=True)
class NarrativeSaved(Event, name="narrative.saved"):
    """A section of the narrative was saved."""

    section: str


@dataclass(frozen=True)
class CommentAdded(Event, name="comment.added"):
    """A comment was added."""

    comment: int
    section: str
    recipients: list[int]
    by: int


@dataclass(frozen=True)
class CommentMentioned(Event, name="comment.mentioned"):
    """A comment mentions `recipients`."""

    comment: int
    section: str
    recipients: list[int]
    by: int


@dataclass(frozen=True)
class CommentResolved(Event, name="comment.resolved"):
    """A conversation was resolved."""

    comment: int


@dataclass(frozen=True)
class CommentReopened(Event, name="comment.reopened"):
    """A conversation was opened again."""

    comment: int


@dataclass(frozen=True)
class ReviewAsked(Event, name="review.asked"):
    """A review was requested."""

    review: int
    by: int
    recipients: list[int]


@dataclass(frozen=True)
class ReviewAnswered(Event, name="review.answered"):
    """A review was given."""

    review: int
    by: int
    recipients: list[int]


@dataclass(frozen=True)
class CheckWaived(Event, name="check.waived"):
    """A check before publishing was waived."""

    check: str


@dataclass(frozen=True)
class CheckWaiverAgreed(Event, name="check.waiver_agreed"):
    """A second person agreed to a waiver."""

    check: str


@dataclass(frozen=True)
class CheckAskedAgain(Event, name="check.asked_again"):
    """A waiver was taken back."""

    check: str


@dataclass(frozen=True)
class RetrospectiveTimelineChanged(Event, name="retrospective.timeline_changed"):
    """The timeline of a retrospective was changed."""


@dataclass(frozen=True)
class LearningDotGiven(Event, name="learning.dot_given"):
    """A dot was given to a learning."""


@dataclass(frozen=True)
class LearningDotTakenBack(Event, name="learning.dot_taken_back"):
    """A dot was taken back from a learning."""


# -- action items ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActionItemEvent(Event):
    """What all changes of an action item tell: by whom, and the people who are notified."""

    recipients: list[int]
    by: int | None = None


@dataclass(frozen=True)
class ActionItemAssigned(ActionItemEvent, name="action_item.assigned"):
    """An action item got an owner."""


@dataclass(frozen=True)
class ActionItemChanged(ActionItemEvent, name="action_item.changed"):
    """An action item was changed."""


@dataclass(frozen=True)
class ActionItemStarted(ActionItemEvent, name="action_item.started"):
    """Work on an action item began."""


@dataclass(frozen=True)
class ActionItemCompleted(ActionItemEvent, name="action_item.completed"):
    """An action item was completed."""


@dataclass(frozen=True)
class ActionItemVerified(ActionItemEvent, name="action_item.verified"):
    """Somebody verified that an action item works."""


@dataclass(frozen=True)
class ActionItemReopened(ActionItemEvent, name="action_item.reopened"):
    """An action item was opened again."""


@dataclass(frozen=True)
class ActionItemSetAside(ActionItemEvent, name="action_item.set_aside"):
    """An action item was set aside."""


@dataclass(frozen=True)
class ActionItemWontDo(ActionItemEvent, name="action_item.wont_do"):
    """An action item will not be done."""


@dataclass(frozen=True)
class ActionItemHelped(ActionItemEvent, name="action_item.helped"):
    """Its owner said whether an action item helped."""


@dataclass(frozen=True)
class ActionItemReminder(Event, name="action_item.reminder"):
    """An action item is due, overdue, or asked whether it helped."""

    step: int
    day: date
    recipients: list[int]


@dataclass(frozen=True)
class ActionItemsDigest(Event, name="action_items.digest"):
    """The weekly list of a person's action items."""

    recipients: list[int]
    week: date


@dataclass(frozen=True)
class ActionItemAdded(ActionItemEvent, name="action_item.added"):
    """An action item was added."""


# -- maintenance -----------------------------------------------------------------------------------------


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
class MaintenanceReminder(MaintenanceEvent, name="maintenance.reminder"):
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
