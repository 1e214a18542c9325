"""What retrospectives are made of."""

from retros.models.action_reminders import DUE_STEPS, ActionDigest, ActionReminder, ActionStep
from retros.models.actions import (
    DONE_STATES,
    UNFINISHED_STATES,
    ActionCategory,
    ActionGroup,
    ActionItem,
    ActionItemQuerySet,
    ActionState,
    Helped,
    Priority,
)
from retros.models.ballots import Ballot, ClosedQuestion, Question, VotedToken
from retros.models.causes import Category, ContributingFactor, Factor, FactorStep, Level
from retros.models.costs import GUESSES, CostAssumptions, RoleRate
from retros.models.documents import Comment, Document, DocumentUpdate, DocumentVersion, Section
from retros.models.keeping import DueReminder, Export
from retros.models.learnings import Learning, LearningGroup, LearningKind, LearningVote
from retros.models.retrospective import (
    AgendaItem,
    Participant,
    Retrospective,
    RetrospectiveQuerySet,
    RetrospectiveStatus,
    Subject,
)
from retros.models.review import (
    CheckWaiver,
    HintDismissal,
    HintWord,
    Publication,
    ReaderMark,
    RetrospectiveSettings,
    Review,
    Verdict,
)
from retros.models.timeline import (
    AffectedUsers,
    Dimension,
    ImpactStatement,
    TimelineEntry,
    TimelineEntryQuerySet,
)

__all__ = [
    "DONE_STATES",
    "DUE_STEPS",
    "GUESSES",
    "UNFINISHED_STATES",
    "ActionCategory",
    "ActionDigest",
    "ActionGroup",
    "ActionItem",
    "ActionItemQuerySet",
    "ActionReminder",
    "ActionState",
    "ActionStep",
    "AffectedUsers",
    "AgendaItem",
    "Ballot",
    "Category",
    "CheckWaiver",
    "ClosedQuestion",
    "Comment",
    "ContributingFactor",
    "CostAssumptions",
    "Dimension",
    "Document",
    "DocumentUpdate",
    "DocumentVersion",
    "DueReminder",
    "Export",
    "Factor",
    "FactorStep",
    "Helped",
    "HintDismissal",
    "HintWord",
    "ImpactStatement",
    "Learning",
    "LearningGroup",
    "LearningKind",
    "LearningVote",
    "Level",
    "Participant",
    "Priority",
    "Publication",
    "Question",
    "ReaderMark",
    "Retrospective",
    "RetrospectiveQuerySet",
    "RetrospectiveSettings",
    "RetrospectiveStatus",
    "Review",
    "RoleRate",
    "Section",
    "Subject",
    "TimelineEntry",
    "TimelineEntryQuerySet",
    "Verdict",
    "VotedToken",
]
