"""What retrospectives are made of."""

from retros.models.account import Dimension, ImpactStatement, TimelineEntry, TimelineEntryQuerySet
from retros.models.actions import (
    UNFINISHED_STATES,
    ActionCategory,
    ActionItem,
    ActionItemQuerySet,
    ActionState,
    Helped,
    Priority,
)
from retros.models.ballots import Ballot, Question, VotedToken
from retros.models.causes import Category, ContributingFactor, Factor, Level
from retros.models.documents import Comment, Document, DocumentUpdate, DocumentVersion, Section
from retros.models.keeping import DueReminder, Export, ExportFormat, ExportState
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

__all__ = [
    "UNFINISHED_STATES",
    "ActionCategory",
    "ActionItem",
    "ActionItemQuerySet",
    "ActionState",
    "AgendaItem",
    "Ballot",
    "Category",
    "CheckWaiver",
    "Comment",
    "ContributingFactor",
    "Dimension",
    "Document",
    "DocumentUpdate",
    "DocumentVersion",
    "DueReminder",
    "Export",
    "ExportFormat",
    "ExportState",
    "Factor",
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
    "Section",
    "Subject",
    "TimelineEntry",
    "TimelineEntryQuerySet",
    "Verdict",
    "VotedToken",
]
