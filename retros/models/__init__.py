"""What retrospectives are made of."""

from retros.models.ballots import Ballot, ClosedQuestion, Question, VotedToken
from retros.models.causes import Category, ContributingFactor, Factor, FactorStep, Level
from retros.models.costs import GUESSES, CostAssumptions, RoleRate
from retros.models.documents import Comment, Document, DocumentUpdate, DocumentVersion, Section
from retros.models.exports import DueReminder, Export
from retros.models.formats import OF_AN_INCIDENT, Column, LearningKind, RetrospectiveFormat
from retros.models.learnings import Learning, LearningGroup, LearningVote
from retros.models.retrospective import (
    AgendaItem,
    FinishedPart,
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
    "GUESSES",
    "OF_AN_INCIDENT",
    "AffectedUsers",
    "AgendaItem",
    "Ballot",
    "Category",
    "CheckWaiver",
    "ClosedQuestion",
    "Column",
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
    "FinishedPart",
    "HintDismissal",
    "HintWord",
    "ImpactStatement",
    "Learning",
    "LearningGroup",
    "LearningKind",
    "LearningVote",
    "Level",
    "Participant",
    "Publication",
    "Question",
    "ReaderMark",
    "Retrospective",
    "RetrospectiveFormat",
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
