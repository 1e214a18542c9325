"""How far each section of a retrospective is, as counted from what is stored: one query."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef

from core.subqueries import count_of
from retros.models import (
    ClosedQuestion,
    Comment,
    ContributingFactor,
    Dimension,
    Document,
    ImpactStatement,
    Learning,
    Participant,
    Publication,
    Question,
    Retrospective,
    Review,
    TimelineEntry,
)
from retros.models.causes import FACTORS_WANTED
from retros.queries import action_items
from retros.timeline import RetrospectiveTimeline, gap_columns

SECTIONS = (
    ("frame", "Frame"),
    ("safety", "Safety check"),
    ("impact", "Impact"),
    ("narrative", "What happened"),
    ("timeline", "Timeline"),
    ("causes", "Causes"),
    ("learnings", "Learnings"),
    ("actions", "Action items"),
    ("review", "Review"),
)
EMPTY, BEGUN, DONE = 0, 1, 2


@dataclass(frozen=True)
class Part:
    key: str
    name: str
    state: int
    note: str
    url: str
    is_warning: bool = False

    @property
    def is_done(self) -> bool:
        return self.state == DONE

    @property
    def is_begun(self) -> bool:
        return self.state == BEGUN


def parts_of(retrospective: Retrospective, here: str = "") -> list[Part]:
    """Every section in its order, with how far it is and a word about it.

    Without an incident there is no impact, timeline or cause, unless somebody has written one or opens
    the section, which is `here`.
    """
    n = _counted(retrospective)
    finds_gaps = n["entries"] and retrospective.has_incidents
    offered = RetrospectiveTimeline.of_columns(retrospective, n).gaps if finds_gaps else []
    gaps = n["gaps"] + len(offered)
    states: dict[str, tuple[int, str]] = {
        "frame": (_frame(retrospective, n["participants"]), ""),
        "safety": (DONE if n["safety_closed"] else EMPTY, ""),
        "impact": (_reached(n["dimensions"], len(Dimension)), f"{n['dimensions']} of {len(Dimension)}"),
        "narrative": (
            min(_reached(n["written"], 2), BEGUN if n["open_comments"] else DONE),
            f"{n['open_comments']} open" if n["open_comments"] else "",
        ),
        "timeline": (
            DONE if n["entries"] and not gaps else _reached(n["entries"], n["entries"] + 1),
            f"{gaps} gap{'s' if gaps > 1 else ''}" if gaps else str(n["entries"] or ""),
        ),
        "causes": (
            min(_reached(n["factors"], FACTORS_WANTED), BEGUN if n["bare"] else DONE),
            f"{n['bare']} without evidence" if n["bare"] else str(n["factors"] or ""),
        ),
        "learnings": (
            DONE if n["learnings"] and retrospective.dots_closed_at else min(n["learnings"], BEGUN),
            str(n["learnings"] or ""),
        ),
        "actions": (
            DONE if n["actions"] and not n["unready"] else min(n["actions"], BEGUN),
            f"{n['actions'] - n['unready']} of {n['actions']}" if n["actions"] else "",
        ),
        "review": (DONE if retrospective.is_published else min(n["reviews"] + n["publications"], BEGUN), ""),
    }
    used = {"impact": n["dimensions"], "timeline": n["entries"], "causes": n["factors"]}
    return [
        Part(
            key,
            name,
            *states[key],
            url=retrospective.url_of(key),
            is_warning=key == "timeline" and gaps > 0,
        )
        for key, name in SECTIONS
        if retrospective.has_incidents or used.get(key, 1) or key == here
    ]


def share(parts: list[Part]) -> int:
    """Per cent of the sections that are complete; a begun one counts half."""
    return round(100 * sum(part.state for part in parts) / (DONE * len(parts)))


def _reached(count: int, wanted: int) -> int:
    return DONE if count >= wanted else BEGUN if count else EMPTY


def _frame(retrospective: Retrospective, participants: int) -> int:
    said = (retrospective.scope, retrospective.facilitator_id, participants)
    return DONE if all(said) else BEGUN if any(said) else EMPTY


def _counted(retrospective: Retrospective) -> dict[str, Any]:
    actions = action_items().filter(retrospective=OuterRef("pk"))
    entries = TimelineEntry.objects.standing().filter(retrospective=OuterRef("pk"))
    counts = {
        "participants": count_of(Participant.objects.filter(retrospective=OuterRef("pk"))),
        "safety_closed": count_of(
            ClosedQuestion.objects.filter(retrospective=OuterRef("pk"), question=Question.SAFETY_START)
        ),
        "dimensions": count_of(
            ImpactStatement.objects.filter(retrospective=OuterRef("pk")).exclude(text="", not_affected=False)
        ),
        "written": count_of(Document.objects.filter(retrospective=OuterRef("pk")).exclude(text="")),
        "open_comments": count_of(
            Comment.objects.filter(document__retrospective=OuterRef("pk"), parent=None, resolved_at=None)
        ),
        "entries": count_of(entries),
        "gaps": count_of(entries.exclude(gap="")),
        "bare": count_of(ContributingFactor.objects.without_evidence().filter(retrospective=OuterRef("pk"))),
        "factors": count_of(ContributingFactor.objects.filter(retrospective=OuterRef("pk"))),
        "learnings": count_of(Learning.objects.filter(retrospective=OuterRef("pk"))),
        "actions": count_of(actions),
        "unready": count_of(actions.unready()),
        "reviews": count_of(Review.objects.filter(retrospective=OuterRef("pk"))),
        "publications": count_of(Publication.objects.filter(retrospective=OuterRef("pk"))),
    }
    columns = _named(counts | gap_columns(OuterRef("pk")))
    row = Retrospective.objects.filter(pk=retrospective.pk).annotate(**columns).values(*columns)
    return {name.removeprefix("n_"): count for name, count in row.get().items()}


def _named(counts: dict[str, Any]) -> dict[str, Any]:
    """Under names that no relation of the model has."""
    return {f"n_{name}": count for name, count in counts.items()}
