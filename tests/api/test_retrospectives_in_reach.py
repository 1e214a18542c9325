"""Does the API tell of retrospectives and action items what the pages would, and no more?"""

import pytest
from django.utils import timezone

from action_items.workflow import add_action_item
from api.registry import OPERATIONS, PARTS
from retros.checks import CHECKS
from retros.models import Retrospective
from retros.workflow import (
    add_entry,
    publish_retrospective,
    remove_entry,
    reopen_retrospective,
    start_retrospective,
    start_review,
    waive_check,
)


@pytest.fixture
def retrospective(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


@pytest.fixture
def private(private_incident, commander):
    return start_retrospective(incident=private_incident, by=commander, owner=commander)


def _published(retrospective, commander):
    start_review(retrospective=retrospective, by=commander, reason="x")
    for name in CHECKS:
        waive_check(retrospective=retrospective, by=commander, name=name, reason=f"Small: {name}")
    publish_retrospective(retrospective=retrospective, by=commander)


def _reads_of(retrospective) -> list[str]:
    """Every address of it that is read and names nothing inside it."""
    found = []
    for operation in OPERATIONS:
        parts = set(operation.parts)
        if operation.method == "GET" and parts and parts <= {"retrospective", "read", "document"}:
            filled = operation.path.replace("{document}", "summary")
            for part in ("retrospective", "read"):
                filled = filled.replace(f"{{{part}}}", str(retrospective.pk))
            found.append(f"{filled}?text=pool" if filled.endswith("similar") else filled)
    return found


@pytest.mark.parametrize("who", ["outsider", "stakeholder", "token"])
def test_nothing_of_a_private_one(who, api, private, commander, responder, request):
    """Not to somebody who is not on it, and not to a token without “private” of somebody who is."""
    person = commander if who == "token" else request.getfixturevalue(who)
    item = add_action_item(by=commander, retrospective=private, title="Zephyrquartz item", owner=commander)
    calls = api(person)
    paths = _reads_of(private)
    assert len(paths) > 20
    for path in [*paths, f"action-items/{item.reference}"]:
        calls.get(path)
        assert calls.status == 404, path
    for path in (
        "retrospectives?q=Zephyrquartz",
        "retrospectives/library",
        "action-items?q=Zephyrquartz",
        f"action-items?retrospective={private.pk}",
        f"action-items?incident={private.incident.reference}",
        f"retrospectives?incident={private.incident.reference}",
    ):
        assert calls.get(path)["results"] == [], path
    calls.post("action-items", {"title": "x", "retrospective": private.pk})
    assert calls.status == 422
    assert "Zephyrquartz" not in calls.last.content.decode()


def test_an_owner_sees_their_item_and_not_where_it_came_from(api, private, commander, outsider):
    item = add_action_item(by=commander, retrospective=private, title="Widen the pool", owner=outsider)
    told = api(outsider, private=True).get(f"action-items/{item.reference}")
    assert told["title"] == "Widen the pool"
    assert (told["retrospective"], told["incident"], told["factor"]) == (None, None, None)
    theirs = api(commander, private=True).get(f"action-items/{item.reference}")
    assert theirs["retrospective"] == {"id": private.pk, "title": private.title}


def test_a_stakeholder_reads_what_is_published(api, retrospective, commander, stakeholder):
    calls, at = api(stakeholder), f"retrospectives/{retrospective.pk}"
    calls.get(at)
    assert calls.status == 404
    removed = add_entry(
        retrospective=retrospective, by=commander, text="Left out", occurred_at=timezone.now()
    )
    remove_entry(entry=removed, by=commander)
    _published(retrospective, commander)
    assert calls.get(at)["status"] == "published"
    calls.get(f"{at}/timeline?state=removed")
    assert calls.status == 403
    calls.post(f"{at}/timeline/{removed.pk}/restoration", if_match='"x"')
    assert "Left out" not in calls.last.content.decode()
    assert [one["question"] for one in calls.get(f"{at}/questions")["results"]] == ["pulse"]
    calls.get(f"{at}/public-text")
    assert calls.status == 403
    reopen_retrospective(retrospective=retrospective, by=commander, reason="x")
    Retrospective.objects.update(title="A draft of the second version")
    calls.get(at)
    assert calls.status == 404, "what stands now is closed to them"
    assert calls.get("retrospectives")["results"] == []
    assert calls.get("retrospectives/library")["results"][0]["title"] == retrospective.title
    assert calls.get(f"{at}/versions/1")["title"] == retrospective.title
    assert calls.get(f"{at}/export")["title"] == retrospective.title


def test_who_may_not_write_is_refused(api, retrospective, commander, stakeholder, outsider):
    _published(retrospective, commander)
    at = f"retrospectives/{retrospective.pk}"
    refused = api(outsider, "retrospectives:read")
    refused.put(f"{at}/sections/summary", {"text": "x"})
    assert refused.status == 403, "the token only reads"
    for calls, path, body in (
        (api(stakeholder), "retrospectives", {"title": "x", "incidents": [retrospective.incident.reference]}),
        (api(stakeholder), f"{at}/reopening", {"reason": "x"}),
        (api(outsider), f"{at}/reopening", {"reason": "x"}),
        (api(stakeholder), "action-items", {"title": "x"}),
        (api(stakeholder), "action-items", {"title": "x", "retrospective": retrospective.pk}),
    ):
        calls.post(path, body)
        assert calls.status == 403, path
    assert PARTS["read"].shape is None
