"""Does a list of the API ask the database as often for one row as for many?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from action_items.models import ActionItem
from retros.models import (
    Document,
    Factor,
    HintWord,
    LearningGroup,
    Publication,
    Review,
    Section,
)
from retros.workflow import start_retrospective
from timeline.models import Evidence

LISTS = [
    "retrospectives",
    "retrospectives/library",
    "{at}/participants",
    "{at}/agenda",
    "{at}/sections",
    "{at}/sections/summary/versions",
    "{at}/sections/summary/comments",
    "{at}/timeline",
    "{at}/contributing-factors",
    "{at}/learnings",
    "{at}/learning-groups",
    "{at}/impact",
    "{at}/reviews",
    "{at}/versions",
    "{at}/questions",
    "retrospective-formats",
    "hint-words",
    "action-items",
]
MOST = 8


def _grow(retrospective, incident, person, number: int) -> None:
    """One more of everything."""
    now = timezone.now()
    entry = retrospective.entries.create(text=f"Row {number}", occurred_at=now, actor=person)
    proof = Evidence.objects.create(
        incident=incident, title="Graph", kind="note", captured_at=now, captured_by=person
    )
    entry.evidence.add(proof)
    shared = Factor.objects.create(text=f"f{number}", key=f"f{number}")
    factor = retrospective.factors.create(factor=shared, text="x", added_by=person)
    factor.entries.add(entry)
    factor.evidence.add(proof)
    group = LearningGroup.objects.create(retrospective=retrospective, name="x")
    learning = retrospective.learnings.create(kind="helped", text="x", author=person, group=group)
    learning.entries.add(entry)
    learning.votes.create(user=person)
    document = Document.objects.get_or_create(retrospective=retrospective, section=Section.SUMMARY)[0]
    document.versions.create(number=number, text="x").authors.add(person)
    document.comments.create(text="x", author=person).mentions.add(person)
    retrospective.agenda.create(name="x", minutes=5, order=number)
    Publication.objects.create(
        retrospective=retrospective, number=number, by=person, text="x", content={"title": "x", "scope": ""}
    )
    HintWord.objects.create(words=f"word {number}", ask="x")
    ActionItem.objects.create(
        title="x", retrospective=retrospective, incident=incident, factor=factor, owner=person
    )


@pytest.fixture
def count(api, commander, incident, responder, outsider, admin, stakeholder):
    """`count(3)` grows by three of everything, and says how many queries each list takes."""
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    type(retrospective).objects.update(learnings_revealed_at=timezone.now())
    people = iter([commander, responder, outsider, admin, stakeholder])
    calls, numbers = api(commander), iter(range(1, 100))

    def grow(times: int) -> dict[str, int]:
        for _ in range(times):
            person = next(people)
            _grow(retrospective, incident, person, next(numbers))
            retrospective.participants.get_or_create(user=person)
            Review.objects.create(retrospective=retrospective, reviewer=person, asked_by=commander)
        return {path: _queries(calls, path.format(at=f"retrospectives/{retrospective.pk}")) for path in LISTS}

    return grow


def _queries(calls, path: str) -> int:
    calls.get(path)  # what is asked once in a process
    with CaptureQueriesContext(connection) as asked:
        calls.get(path)
    assert calls.status == 200, path
    return len([one for one in asked if "SAVEPOINT" not in one["sql"]])


def test_queries_do_not_grow(count):
    of_one, of_many = count(1), count(4)
    assert of_one == of_many
    assert {path: asked for path, asked in of_many.items() if asked > MOST} == {}
