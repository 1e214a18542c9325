"""What people write learnings about: the columns of a format, and the five kinds of an incident."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

KEY = re.compile(r"[a-z0-9_]{1,20}")
ICON = re.compile(r"[a-z0-9-]{1,40}")
MOST_COLUMNS = 8
LONGEST_NAME = 40
LONGEST_QUESTION = 200
FALLBACK_ICON = "message-square"
FORMAT_ICONS = [
    ("message-square", "Speech bubble"),
    ("thumbs-up", "Thumbs up"),
    ("lightbulb", "Light bulb"),
    ("sparkles", "Sparkles"),
    ("play", "Play"),
    ("square", "Stop"),
    ("repeat", "Repeat"),
    ("puzzle", "Puzzle"),
    ("wind", "Wind"),
    ("anchor", "Anchor"),
    ("mountain", "Mountain"),
    ("tree-palm", "Island"),
    ("construction", "Barrier"),
    ("circle-slash", "Crossed circle"),
    ("clover", "Clover"),
    ("star", "Star"),
    ("flag", "Flag"),
    ("sun", "Sun"),
    ("cloud-rain", "Rain"),
]


class LearningKind(models.TextChoices):
    """The kinds of learnings from an incident."""

    HELPED = "helped", "Helped"
    HINDERED = "hindered", "Hindered"
    SURPRISED = "surprised", "Surprised"
    INVALIDATED = "invalidated", "Invalidated assumption"
    LUCKY = "lucky", "Lucky"


@dataclass(frozen=True)
class Column:
    """One kind of learning; `key` is what a learning stores."""

    key: str
    name: str
    question: str = ""
    icon: str = FALLBACK_ICON


OF_AN_INCIDENT = (
    Column(LearningKind.HELPED.value, "Helped", "What helped?", "thumbs-up"),
    Column(LearningKind.HINDERED.value, "Hindered", "What got in the way?", "construction"),
    Column(LearningKind.SURPRISED.value, "Surprised", "What surprised us?", "lightbulb"),
    Column(
        LearningKind.INVALIDATED.value,
        "Invalidated assumption",
        "Which assumption did not hold?",
        "circle-slash",
    ),
    Column(LearningKind.LUCKY.value, "Lucky", "Where were we lucky?", "clover"),
)


def columns_from(stored: Iterable[dict[str, Any]]) -> list[Column]:
    return [Column(**one) for one in stored]


def as_stored(columns: Iterable[Column]) -> list[dict[str, str]]:
    return [asdict(column) for column in columns]


def validate_columns(stored: Any) -> None:
    """Raises ValidationError unless it is a list of columns that pages can show."""
    if not isinstance(stored, list) or len(stored) > MOST_COLUMNS:
        raise ValidationError(f"The columns must be a list of at most {MOST_COLUMNS}.")
    if not all(_is_column(one) for one in stored):
        raise ValidationError("Each column needs a key, a name, a question and an icon.")
    if len({one["key"] for one in stored}) < len(stored):
        raise ValidationError("Two columns have the same key.")


def _is_column(one: Any) -> bool:
    if not isinstance(one, dict) or one.keys() != {"key", "name", "question", "icon"}:
        return False
    if not all(isinstance(value, str) for value in one.values()):
        return False
    is_short = 0 < len(one["name"]) <= LONGEST_NAME and len(one["question"]) <= LONGEST_QUESTION
    return is_short and bool(KEY.fullmatch(one["key"]) and ICON.fullmatch(one["icon"]))


class RetrospectiveFormatQuerySet(models.QuerySet["RetrospectiveFormat"]):
    def with_use(self) -> "RetrospectiveFormatQuerySet":
        """With `use`: how many retrospectives have it."""
        counted = self.annotate(use=models.Count("retrospectives"))
        return counted.order_by("order", "name")  # a query that counts does not keep the model's own


class RetrospectiveFormat(models.Model):
    """The columns that a retrospective without an incident starts with. Shipped ones cannot be changed."""

    name = models.CharField(max_length=60, unique=True)
    is_shipped = models.BooleanField(default=False, editable=False)
    columns = models.JSONField(default=list, validators=[validate_columns])
    order = models.PositiveSmallIntegerField(default=100)

    objects = RetrospectiveFormatQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="retros_format_named_once",
                violation_error_message="There is a format of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def columns_shown(self) -> list[Column]:
        return columns_from(self.columns)
