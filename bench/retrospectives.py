"""A retrospective for a seed: timeline, factors, learnings, action items, texts, and its published version."""

import random
from datetime import datetime, timedelta

from accounts.models import Team, User
from action_items.models import ActionCategory, ActionItem, ActionState, Priority
from incidents.models import Incident
from retros.models import (
    Category,
    ContributingFactor,
    Dimension,
    Document,
    Factor,
    ImpactStatement,
    Learning,
    LearningKind,
    Level,
    Participant,
    Publication,
    Retrospective,
    RetrospectiveStatus,
    Section,
    TimelineEntry,
)
from retros.published_content import content_of, markdown_of, search_of

ENTRIES = 10
VOCABULARY = 120
PARAGRAPH = (
    "The alert came when the queue had been full for some minutes. The graph showed the depth only, so that the age"
    " of what waited could not be seen. People looked at the release first, because it was the newest change.\n\n"
)
ABSENT = [
    "limit",
    "alert",
    "test",
    "runbook",
    "owner",
    "review",
    "timeout",
    "back-pressure",
    "dashboard",
    "drill",
]
PLACES = [
    "queue",
    "cache",
    "release",
    "replica",
    "gateway",
    "worker",
    "index",
    "certificate",
    "mailer",
    "job",
    "zone",
    "log",
]


def vocabulary() -> list[Factor]:
    texts = [f"No {thing} for the {place}" for thing in ABSENT for place in PLACES]
    return Factor.objects.bulk_create(
        Factor(text=text, key=text.lower(), category=random.choice(Category.values))
        for text in texts[:VOCABULARY]
    )


def look_back(
    incident: Incident, ended: datetime, people: list[User], factors: list[Factor], published: bool
) -> None:
    """Everything a team leaves behind some days after the incident ended."""
    owner, other = people
    session = ended + timedelta(days=3)
    retrospective = Retrospective.objects.create(
        title=incident.title,
        incident=incident,
        scope="From the first failed request to the last.",
        owner=owner,
        facilitator=other,
        status=RetrospectiveStatus.PUBLISHED if published else RetrospectiveStatus.IN_REVIEW,
        due_on=(ended + timedelta(days=5)).date(),
        is_private=incident.is_private,
        scheduled_at=session,
        session_started_at=session,
        session_ended_at=session + timedelta(hours=1),
        review_started_at=session + timedelta(hours=2),
        learnings_revealed_at=session,
        dots_closed_at=session,
        published_at=session + timedelta(days=1) if published else None,
        created_at=ended,
    )
    retrospective.incidents.add(incident)
    Participant.objects.bulk_create(
        Participant(retrospective=retrospective, user=user, added_at=ended) for user in people
    )
    began = incident.impact_started_at or ended
    entries = TimelineEntry.objects.bulk_create(
        TimelineEntry(
            retrospective=retrospective,
            occurred_at=(at := began + (ended - began) * (n / ENTRIES)),
            recorded_at=at,
            kind=("fact", "decision", "mitigation")[n % 3],
            text=f"Looked at the graphs of zone {n}",
            actor=owner,
            is_starred=n == 3,
        )
        for n in range(ENTRIES)
    )
    found = _factors(retrospective, entries, factors, other, session)
    learnings = Learning.objects.bulk_create(
        Learning(
            retrospective=retrospective,
            kind=kind,
            text=f"{PLACES[n]} and {ABSENT[n]}",
            author=other,
            added_at=session,
        )
        for n, kind in enumerate(LearningKind.values)
    )
    _actions(retrospective, found[0], learnings[0], owner, session)
    Document.objects.bulk_create(
        Document(
            retrospective=retrospective, section=section, text=PARAGRAPH * 3, version=1, changed_at=session
        )
        for section in Section.values
    )
    ImpactStatement.objects.bulk_create(
        ImpactStatement(
            retrospective=retrospective, dimension=dimension, text="One in ten requests.", changed_at=session
        )
        for dimension in Dimension.values
    )
    if published:
        content = content_of(retrospective)
        kept = Publication.objects.create(
            retrospective=retrospective,
            number=1,
            content=content,
            text=markdown_of(content),
            at=session,
            by=owner,
        )
        Publication.objects.filter(pk=kept.pk).update(search=search_of(content))


def _factors(
    retrospective: Retrospective, entries: list[TimelineEntry], factors: list[Factor], by: User, at: datetime
) -> list[ContributingFactor]:
    parent, found = None, []
    for n, factor in enumerate(random.sample(factors, 4)):
        node = ContributingFactor.objects.create(
            retrospective=retrospective,
            factor=factor,
            parent=parent if n % 2 else None,
            text=factor.text,
            category=factor.category,
            level=Level.values[n % len(Level.values)],
            order=n,
            added_by=by,
            added_at=at,
        )
        node.entries.add(entries[n])
        parent = node
        found.append(node)
    return found


def _actions(
    retrospective: Retrospective, factor: ContributingFactor, learning: Learning, owner: User, at: datetime
) -> None:
    team = Team.objects.order_by("pk").first()
    for n, state in enumerate((ActionState.DONE, ActionState.VERIFIED, ActionState.OPEN)):
        done_at = at + timedelta(days=9 + n) if state != ActionState.OPEN else None
        ActionItem.objects.create(
            title=f"Add a {ABSENT[n]} for the {PLACES[retrospective.pk % len(PLACES)]}",
            retrospective=retrospective,
            incident=retrospective.incident,
            factor=factor if n == 0 else None,
            learning=learning if n == 1 else None,
            category=ActionCategory.values[n],
            priority=Priority.values[n],
            owner=owner if n != 1 else None,
            team=team,
            due_on=(at + timedelta(days=14)).date(),
            due_set_at=at,
            verification="The graph shows it.",
            state=state,
            state_since=done_at or at,
            done_at=done_at,
            verified_at=done_at if state == ActionState.VERIFIED else None,
            ask_helped_on=(done_at + timedelta(days=90)).date() if done_at else None,
            created_at=at,
            created_by=owner,
        )
