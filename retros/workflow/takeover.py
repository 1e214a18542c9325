"""What a recorded day tells of its retrospective, laid down as records of ours."""

from typing import Any

from django.db import transaction

from accounts.models import User
from audit import context
from core.text import shorten
from retros.checks import unsettled
from retros.models import (
    Category,
    CheckWaiver,
    ContributingFactor,
    Factor,
    Learning,
    LearningKind,
    Level,
    Participant,
    Retrospective,
    RetrospectiveStatus,
    TimelineEntry,
)
from retros.vocabulary import normalised
from retros.workflow.common import audit
from retros.workflow.reviewing import store_publication
from retros.workflow.timeline_import import entry_of
from timeline.models import Gap, Kind

SOURCE = "recorded day"
CLICKS = (Kind.FACT, Kind.ROLE, Kind.SERVICE, Kind.TASK, Kind.CHECK, Kind.STATUS)  # noted by the application
NOT_TOLD = "The recorded day does not mention it."
LEARNED = {
    "went_well": LearningKind.HELPED,
    "went_badly": LearningKind.HINDERED,
    "surprises": LearningKind.SURPRISED,
}


@transaction.atomic
def take_over(
    *,
    retrospective: Retrospective,
    told: dict[str, Any],
    people: dict[str, User],
    by: User,
) -> Retrospective:
    """Scope, table, chain of whys, factors, learnings and gaps; a second time changes nothing."""
    retrospective = Retrospective.objects.select_for_update(of=("self",)).get(pk=retrospective.pk)
    if retrospective.factors.exists() or retrospective.learnings.exists():
        return retrospective
    facilitator = people.get(told.get("facilitator_person") or "")
    retrospective.scope = told.get("scope") or ""
    retrospective.facilitator = facilitator
    retrospective.learnings_revealed_at = context.now()
    retrospective.version += 1
    retrospective.save(update_fields=["scope", "facilitator", "learnings_revealed_at", "version"])
    _seat(retrospective, [people[key] for key in told.get("participants") or () if key in people])
    _chain_of_whys(retrospective, told.get("five_whys") or [], by)
    _factors(retrospective, told, by)
    _learnings(retrospective, told)
    _account(retrospective, told.get("information_gaps") or [], by)
    audit(retrospective, "retrospective.taken_over", by, source=SOURCE)
    return retrospective


@transaction.atomic
def publish_taken_over(*, retrospective: Retrospective, by: User) -> None:
    """What was published elsewhere is published here, unless it has been worked on meanwhile."""
    retrospective = Retrospective.objects.select_for_update(of=("self",)).get(pk=retrospective.pk)
    if retrospective.status == RetrospectiveStatus.COLLECTING:
        CheckWaiver.objects.bulk_create(
            CheckWaiver(
                retrospective=retrospective, check_name=check.name, reason=NOT_TOLD, by=by, at=context.now()
            )
            for check in unsettled(retrospective)
        )
        store_publication(retrospective, by=by, note="As recorded")


def _seat(retrospective: Retrospective, people: list[User]) -> None:
    Participant.objects.bulk_create(
        [
            Participant(retrospective=retrospective, user=person, added_at=context.now())
            for person in dict.fromkeys(people)
        ],
        ignore_conflicts=True,
    )


def _chain_of_whys(retrospective: Retrospective, whys: list[str], by: User) -> None:
    """Each answer under the one before, with the question it answers; the last one is systemic."""
    parent = None
    for depth, why in enumerate(whys):
        question, mark, answer = why.partition("?")
        text = answer.strip() if mark and answer.strip() else why
        parent = _node(
            retrospective,
            text,
            by,
            parent=parent,
            order=depth,
            question=shorten(f"{question.strip()}?", 200) if text != why else "",
            level=Level.PROXIMATE if depth < len(whys) - 1 else Level.SYSTEMIC,
        )


def _factors(retrospective: Retrospective, told: dict[str, Any], by: User) -> None:
    order = len(told.get("five_whys") or [])
    for cause in told.get("root_causes") or []:
        level = Level.SYSTEMIC if cause.get("level") == "systemic" else Level.PROXIMATE
        is_told = cause.get("basis") == "source"
        _node(retrospective, cause["text"], by, order=order, level=level, is_confirmed=is_told)
        order += 1
    for factor in told.get("contributing_factors") or []:
        category = factor.get("category") if factor.get("category") in Category.values else ""
        level = Level.PROXIMATE if factor.get("level") == "proximate" else Level.SYSTEMIC
        _node(retrospective, factor["text"], by, order=order, category=category, level=level)
        order += 1


def _node(retrospective: Retrospective, text: str, by: User, *, category: str = "", **fields: Any) -> Any:
    text = shorten(text, 300)
    shared, _ = Factor.objects.get_or_create(
        key=normalised(text), defaults={"text": text, "category": category, "created_at": context.now()}
    )
    return ContributingFactor.objects.create(
        retrospective=retrospective,
        factor=shared,
        text=text,
        category=category,
        added_by=by,
        added_at=context.now(),
        **fields,
    )


def _learnings(retrospective: Retrospective, told: dict[str, Any]) -> None:
    Learning.objects.bulk_create(
        Learning(retrospective=retrospective, kind=kind, text=text, order=order, added_at=context.now())
        for name, kind in LEARNED.items()
        for order, text in enumerate(told.get(name) or [])
    )


def _account(retrospective: Retrospective, gaps: list[str], by: User) -> None:
    """The incident's own events, and a row for each thing that nobody knows any more."""
    incident = retrospective.incident
    if incident is None:
        return
    events = list(incident.timeline.standing().exclude(kind__in=CLICKS).oldest_first())
    entries = [entry_of(event, retrospective, by) for event in events]
    for entry in entries:
        if entry.kind == Kind.MILESTONE:
            entry.actor = None
    TimelineEntry.objects.bulk_create(entries, ignore_conflicts=True)
    at = incident.impact_started_at or incident.detected_at or incident.declared_at or incident.created_at
    TimelineEntry.objects.bulk_create(
        [
            TimelineEntry(
                retrospective=retrospective,
                occurred_at=at,
                recorded_at=context.now(),
                kind=Kind.GAP,
                gap=Gap.MISSING,
                source=SOURCE,
                source_id=f"gap:{number}",
                text=text,
                added_by=by,
            )
            for number, text in enumerate(gaps)
        ],
        ignore_conflicts=True,
    )
