"""What a shared screen shows of a session: the part that is on, its question and clock, who has finished, the cards."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from retros.ballots import closed_questions, histograms
from retros.clock import Timer, timekeeping
from retros.models import AgendaItem, FinishedPart, Learning, LearningGroup, Question, Retrospective
from retros.permissions import people_on

ANONYMOUS = ("safety", "learnings")
"""Sections in which nobody is named on the shared screen."""
NAMES = {
    "safety": "safety_check", "impact": "retro_impact", "narrative": "retrospective_narrative", "timeline": "retro_timeline",
    "causes": "causes", "learnings": "learnings", "actions": "retrospective_actions", "frame": "retrospective_frame",
}  # fmt: skip


def section_url(retrospective: Retrospective, section: str) -> str:
    """The page of a section; without one, of the retrospective."""
    if section in NAMES:
        return reverse(NAMES[section], args=[retrospective.pk])
    return retrospective.get_absolute_url()


@dataclass(frozen=True)
class CardGroup:
    """A group of learnings, or those in none."""

    name: str
    cards: list[Learning]
    dots: int | None  # None while the voting is open


@dataclass(frozen=True)
class Stage:
    retrospective: Retrospective
    agenda: list[AgendaItem]
    timer: Timer | None
    people: list[Any]
    finished: set[int]

    @property
    def item(self) -> AgendaItem | None:
        return self.timer.item if self.timer else None

    @property
    def number(self) -> int:
        return self.agenda.index(self.item) + 1 if self.item else 0

    @property
    def section(self) -> str:
        return self.item.section if self.item else ""

    @property
    def url(self) -> str:
        return section_url(self.retrospective, self.section)

    @property
    def is_anonymous(self) -> bool:
        return self.section in ANONYMOUS

    @property
    def done_count(self) -> int:
        return len(self.finished)

    @property
    def marks(self) -> list[bool]:
        """One for each person, those who have finished first: nobody can be told apart."""
        return [True] * self.done_count + [False] * max(len(self.people) - self.done_count, 0)

    @property
    def named(self) -> list[tuple[Any, bool]]:
        return [(person, person.pk in self.finished) for person in self.people]

    @cached_property
    def learnings(self) -> int:
        return self.retrospective.learnings.count()

    @property
    def is_revealed(self) -> bool:
        return self.retrospective.learnings_revealed_at is not None

    @cached_property
    def groups(self) -> list[CardGroup]:
        """The cards once they are revealed; their dots once the voting is closed."""
        if self.section != "learnings" or not self.is_revealed:
            return []
        shows = self.retrospective.shows_dots
        cards: dict[int | None, list[Learning]] = {}
        for one in self.retrospective.learnings.prefetch_related("votes"):
            one.column = self.retrospective.column_of(one.kind)  # type: ignore[attr-defined]
            cards.setdefault(one.group_id, []).append(one)
        groups = LearningGroup.objects.filter(retrospective=self.retrospective)
        found = [
            CardGroup(group.name, cards.get(group.pk, []), _dots(cards.get(group.pk, []), shows))
            for group in groups
        ]
        if loose := cards.get(None):
            found.append(CardGroup("Not grouped yet" if found else "", loose, _dots(loose, shows)))
        return found

    @cached_property
    def question_closed(self) -> bool:
        return str(Question.SAFETY_START) in closed_questions(self.retrospective)

    @cached_property
    def histogram(self) -> Any:
        return histograms(self.retrospective).get(Question.SAFETY_START) if self.section == "safety" else None


def _dots(cards: list[Learning], shows: bool) -> int | None:
    return sum(vote.dots for card in cards for vote in card.votes.all()) if shows else None


def stage_of(retrospective: Retrospective) -> Stage:
    agenda = list(retrospective.agenda.all())
    timer = timekeeping(agenda)
    people = people_on(retrospective)
    item = timer.item if timer else None
    finished = set(FinishedPart.objects.filter(item=item).values_list("person", flat=True)) if item else set()
    return Stage(retrospective, agenda, timer, list(people.values()), finished & set(people))
