"""A question, its answer in one sentence, what it rests on, and the figure and the table that show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from insights.tables import Table, percent

GOOD_COVERAGE, SOME_COVERAGE = 0.8, 0.5


@dataclass(frozen=True)
class Row:
    """A line of a list of bars."""

    name: str
    value: str
    bar: SafeString
    is_bad: bool = False
    url: str = ""


@dataclass(frozen=True)
class Figure:
    name: str
    says: str
    svg: SafeString
    formula: str


@dataclass
class Panel:
    key: str
    question: str
    headline: str
    says: str
    formula: str
    count: int
    coverage: float | None = None
    verdict: str = ""  # faster, slower
    figure: SafeString | str = ""
    bars: Sequence[Row] = ()
    facts: Sequence[tuple[str, str]] = ()
    figures: list[Figure] = field(default_factory=list)  # of the question's own page
    tables: list[Table] = field(default_factory=list)
    behind: tuple[str, str] = ("", "")  # words and address, where it is not the incidents
    missing: str = "have the times"  # what coverage counts

    @property
    def is_thin(self) -> bool:
        """Amber: under 80% of the incidents have the times."""
        return self.coverage is not None and self.coverage < GOOD_COVERAGE

    @property
    def said(self) -> tuple[str, str]:
        """The question and its answer in words."""
        return self.question, f"{self.headline}: {self.says}"

    @property
    def coverage_words(self) -> str:
        return percent(self.coverage) if self.coverage is not None else ""
