"""Does the API keep what people write in silence, how they vote and what they answer?"""

import json

import pytest

from api.models import KeptAnswer
from retros.models import Learning, Question
from retros.workflow import add_participants, frame_retrospective, start_retrospective


@pytest.fixture
def retrospective(incident, commander, responder, outsider, admin):
    made = start_retrospective(incident=incident, by=commander, owner=commander)
    add_participants(retrospective=made, by=commander, people=[commander, responder, outsider, admin])
    return frame_retrospective(retrospective=made, by=commander, facilitator=commander)


@pytest.fixture
def at(retrospective):
    return f"retrospectives/{retrospective.pk}"


def test_nobody_reads_a_learning_of_somebody_else_before_all_are_revealed(api, at, commander, responder):
    mine, theirs = api(responder), api(commander)
    secret = mine.post(f"{at}/learnings", {"kind": "helped", "text": "Zephyrquartz"})
    assert secret["author"]["id"] == responder.pk
    address = f"{at}/learnings/{secret['id']}"
    for method, path, body in [
        ("GET", f"{at}/learnings", None),
        ("GET", address, None),
        ("PATCH", address, {"text": "x"}),
        ("DELETE", address, None),
        ("POST", f"{address}/dots", None),
        ("PUT", f"{address}/group", {"group": None}),
        ("GET", at, None),
        ("GET", f"{at}/export", None),
        ("POST", "action-items", {"title": "x", "learning": secret["id"]}),
        ("POST", f"{at}/learning-groups", {"name": "x", "learnings": [secret["id"]]}),
    ]:
        theirs.ask(method, path, body, **({"if_match": '"x"'} if method in ("PATCH", "DELETE") else {}))
        assert "Zephyrquartz" not in theirs.last.content.decode(), path
        assert theirs.status in (200, 404, 422), path
    assert theirs.get(f"{at}/learnings")["results"] == []
    assert Learning.objects.get().text == "Zephyrquartz"
    assert theirs.post(f"{at}/learnings/revelation")["learnings_revealed_at"]
    assert theirs.get(address)["text"] == "Zephyrquartz"


def test_dots_are_told_once_the_voting_is_closed(api, at, commander, responder):
    mine, theirs = api(responder), api(commander)
    one = theirs.post(f"{at}/learnings", {"kind": "helped", "text": "The runbook"})
    other = theirs.post(f"{at}/learnings", {"kind": "helped", "text": "The runbook of the pool"})
    theirs.post(f"{at}/learnings/revelation")
    address = f"{at}/learnings/{one['id']}"
    before = theirs.get(address)
    tag = theirs.last["ETag"]
    for _ in range(2):
        assert mine.post(f"{address}/dots")["own_dots"] > 0
    assert mine.get(address)["dots"] is None
    assert theirs.get(address) == before
    assert theirs.last["ETag"] == tag, "not even that somebody has voted"
    assert mine.delete(f"{address}/dots")["own_dots"] == 1
    group = theirs.post(f"{address}/pairing", {"other": other["id"]})
    assert theirs.get(address)["group"] == group["id"]
    theirs.post(f"{at}/learnings/voting-closure")
    assert theirs.get(f"{at}/learnings")["results"][0]["dots"] == 1
    mine.post(f"{address}/dots")
    assert mine.status == 409


def test_an_answer_leads_to_nobody(api, at, commander, responder, outsider, admin):
    """Not from what is told, and not from what is kept of requests."""
    people = [api(one) for one in (commander, responder, outsider, admin)]
    watching = people[0].get(f"{at}/questions")
    for person in people[1:]:
        path = f"{at}/questions/{Question.SAFETY_START}/answer"
        person.put(path, {"score": 2}, idempotency_key="a key")
        assert person.status == 204
        assert people[0].get(f"{at}/questions") == watching
        assert person.get(f"{at}/questions")["results"][0]["has_answered"]
        person.put(path, {"score": 3})
        assert person.status == 409
    assert not KeptAnswer.objects.exists()
    people[0].put(f"{at}/questions/{Question.SAFETY_START}/answer", {"score": 5})
    told = people[1].get(f"{at}/questions")["results"][0]
    assert told["answers"] == {"counts": [0, 3, 0, 0, 1], "total": 4, "median": 2.0}
    assert told["is_closed"]


def test_fewer_than_four_answers_are_told_to_nobody(api, at, commander, responder):
    for person in (commander, responder):
        api(person).put(f"{at}/questions/{Question.PULSE}/answer", {"score": 1})
    theirs = api(commander)
    theirs.post(f"{at}/questions/{Question.PULSE}/closure")
    assert theirs.status == 204
    told = {one["question"]: one for one in theirs.get(f"{at}/questions")["results"]}
    assert told[Question.PULSE]["is_closed"]
    assert told[Question.PULSE]["answers"] is None
    assert "score" not in json.dumps(told)
