"""Events of retrospectives. Their announcement adds the subject: its id, version and source."""

from dataclasses import dataclass

from events.event import Event


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
class RetrospectiveDue(Event, name="retrospective.due", public=False):
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
class AgendaChanged(Event, name="agenda.changed", public=False):
    """The agenda or its clock was changed."""

    do: str = ""


@dataclass(frozen=True)
class LearningAdded(Event, name="learning.added", public=False):
    """A learning was added."""


@dataclass(frozen=True)
class LearningChanged(Event, name="learning.changed", public=False):
    """A learning was changed."""


@dataclass(frozen=True)
class LearningMoved(Event, name="learning.moved", public=False):
    """A learning was moved to another group."""


@dataclass(frozen=True)
class LearningWithdrawn(Event, name="learning.withdrawn", public=False):
    """A learning was withdrawn."""


@dataclass(frozen=True)
class LearningsRevealed(Event, name="learnings.revealed"):
    """The learnings were revealed to all participants."""


@dataclass(frozen=True)
class LearningsVotingClosed(Event, name="learnings.voting_closed"):
    """Voting on the learnings was closed."""


@dataclass(frozen=True)
class LearningGroupAdded(Event, name="learning_group.added", public=False):
    """A group of learnings was added."""


@dataclass(frozen=True)
class LearningGroupRenamed(Event, name="learning_group.renamed", public=False):
    """A group of learnings was renamed."""


@dataclass(frozen=True)
class LearningGroupDissolved(Event, name="learning_group.dissolved", public=False):
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
class CommentMentioned(Event, name="comment.mentioned", public=False):
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
class LearningDotGiven(Event, name="learning.dot_given", public=False):
    """A dot was given to a learning."""


@dataclass(frozen=True)
class LearningDotTakenBack(Event, name="learning.dot_taken_back", public=False):
    """A dot was taken back from a learning."""
