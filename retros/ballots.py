"""What the anonymous answers to a closed question say together; nothing while it is open or below four answers."""

from dataclasses import dataclass
from statistics import median

from retros.models import Ballot, ClosedQuestion, Retrospective

SHOWN_FROM = 4
LOW_MEDIAN, LOWEST = 3, 1


@dataclass(frozen=True)
class Bar:
    score: int
    count: int
    height: int  # of 40

    @property
    def y(self) -> int:
        return 40 - self.height

    @property
    def x(self) -> int:
        return (self.score - 1) * 50

    @property
    def middle(self) -> int:
        return self.x + 23


@dataclass(frozen=True)
class Histogram:
    counts: tuple[int, ...]  # how often 1, 2, 3, 4, 5

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def median(self) -> float:
        return median(score for score, count in enumerate(self.counts, 1) for _ in range(count))

    @property
    def is_low(self) -> bool:
        """A reason to ask what would help: the middle is 3 or less, or somebody said 1."""
        return self.median <= LOW_MEDIAN or self.counts[0] > 0

    @property
    def bars(self) -> list[Bar]:
        most = max(self.counts)
        return [Bar(s, n, max(1, round(40 * n / most))) for s, n in enumerate(self.counts, 1)]

    @property
    def in_words(self) -> str:
        return ", ".join(f"{count or 'none'} for {score}" for score, count in enumerate(self.counts, 1))


def closed_questions(retrospective: Retrospective) -> set[str]:
    return set(ClosedQuestion.objects.filter(retrospective=retrospective).values_list("question", flat=True))


def histogram(retrospective: Retrospective, question: str) -> Histogram | None:
    """None while the question is open, and below four ballots: fewer would say who said what."""
    return histograms(retrospective).get(question)


def histograms(retrospective: Retrospective) -> dict[str, Histogram]:
    """By question, those that may be shown; one query.

    Answers to an open question are counted for nobody: somebody who watches a count grow sees who answers when.
    """
    scores: dict[str, list[int]] = {}
    closed = ClosedQuestion.objects.filter(retrospective=retrospective).values("question")
    ballots = Ballot.objects.filter(retrospective=retrospective, question__in=closed)
    for question, score in ballots.values_list("question", "score"):
        scores.setdefault(question, []).append(score)
    return {
        question: Histogram(tuple(given.count(score) for score in range(1, 6)))
        for question, given in scores.items()
        if len(given) >= SHOWN_FROM
    }
