"""Does a replayed day carry its retrospective along, as records one can work with and as something to read?"""

import pytest

from action_items.models import ActionItem
from action_items.workflow import take_over_action_items
from notifications.models import Delivery
from replay.drive import replay_document
from retros.export import as_html, copy_of
from retros.models import Retrospective
from retros.workflow.takeover import publish_taken_over, take_over
from subscribers.models import Notice

TOLD = {
    "scope": "from the release to the last full queue",
    "facilitator_person": "a",
    "participants": ["a", "b"],
    "five_whys": [
        "Why did the queue fill? Nothing was taken from it.",
        "Why? The consumer waited for a lock.",
        "Why could it wait for hours? Nobody had set a limit.",
    ],
    "root_causes": [
        {"text": "No limit on retention", "level": "systemic", "basis": "source"},
        {"text": "A lock held by a dead worker", "level": "proximate"},
    ],
    "contributing_factors": [
        {"text": "The graph shows depth only", "category": "Platform"},
        {"text": "Rolling back takes two builds", "category": "Process"},
    ],
    "went_well": ["The switch worked at once"],
    "went_badly": ["The alert came late", "The way back was slow"],
    "surprises": ["Full queues still accept"],
    "information_gaps": ["Who saw it first"],
}
ACTIONS = [
    {"key": "A1", "title": "Limit retention", "kind": "code", "priority": "P1", "owner_team": "Queues",
     "due": "2026-08-01", "status": "done"},
    {"key": "A2", "title": "Show age", "kind": "tooling", "priority": "P2", "owner_team": "Queues",
     "due": None, "status": "open"},
]  # fmt: skip


@pytest.fixture
def document(day):
    return day | {"retrospective": TOLD, "action_items": ACTIONS}


@pytest.fixture
def retrospective(document, db) -> Retrospective:
    incident, _ = replay_document(document)
    return incident.retrospective


def test_scope_and_people(retrospective, document):
    told = document["retrospective"]
    assert retrospective.scope == told["scope"]
    assert retrospective.facilitator is not None
    assert retrospective.participants.count() == len(told["participants"])


def test_the_whys_hang_below_each_other(retrospective, document):
    whys = document["retrospective"]["five_whys"]
    node = retrospective.factors.get(parent=None, order=0)
    seen = [node.text]
    while node := node.children.first():
        seen.append(node.text)
    assert len(seen) == len(whys)
    assert all(text in why for text, why in zip(seen, whys, strict=True))


def test_causes_with_level_and_category(retrospective, document):
    told = document["retrospective"]
    for cause in told["root_causes"]:
        assert retrospective.factors.get(text=cause["text"]).level == cause["level"]
    for factor in told["contributing_factors"]:
        assert retrospective.factors.get(text=factor["text"]).category == factor["category"]


def test_learnings_gaps_and_actions(retrospective, document):
    told = document["retrospective"]
    for name, kind in (("went_well", "helped"), ("went_badly", "hindered"), ("surprises", "surprised")):
        assert sorted(retrospective.learnings.filter(kind=kind).values_list("text", flat=True)) == sorted(
            told[name]
        )
    gaps = retrospective.entries.filter(gap="missing", kind="gap").values_list("text", flat=True)
    assert set(told["information_gaps"]) <= set(gaps)
    stored = {a.source_key: a for a in ActionItem.objects.select_related("team")}
    for action in document["action_items"]:
        item = stored[action["key"]]
        assert (item.title, item.priority, item.state) == (
            action["title"],
            action["priority"],
            action["status"],
        )
        assert str(item.team) == action["owner_team"]
        assert str(item.due_on or "") == (action["due"] or "")
    assert len(stored) == len(document["action_items"])


def test_it_is_published_and_reads_as_one(retrospective, document):
    assert retrospective.is_published
    text = retrospective.publications.get().text
    html = as_html(copy_of(retrospective))
    for part in ("## Timeline", "## Causes", "## Learnings", "## Action items"):
        assert part in text
        assert f"<h2>{part[3:]}</h2>" in html
    assert retrospective.scope in text


def test_nobody_is_told_of_the_past(retrospective):
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def test_a_second_time_changes_nothing(retrospective, document):
    before = (retrospective.factors.count(), retrospective.learnings.count(), ActionItem.objects.count())
    take_over(retrospective=retrospective, told=document["retrospective"], people={}, by=retrospective.owner)
    take_over_action_items(retrospective=retrospective, told=document["action_items"], people={})
    publish_taken_over(retrospective=retrospective, by=retrospective.owner)
    assert before == (
        retrospective.factors.count(),
        retrospective.learnings.count(),
        ActionItem.objects.count(),
    )
    assert retrospective.publications.count() == 1
