"""Can a program take an action item from its beginning to the question whether it helped?"""

import pytest

from retros.workflow import add_contributing_factor, start_retrospective


@pytest.fixture
def retrospective(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


def test_from_adding_to_helped(calls, api, retrospective, incident, commander, responder):
    factor = add_contributing_factor(retrospective=retrospective, by=commander, text="The pool has one size")
    made = calls.post(
        "action-items",
        {
            "title": "The pool grows with the load",
            "verification": "A load test",
            "owner": responder.email,
            "due_on": "2026-01-05",
            "priority": "P1",
            "factor": factor.pk,
        },
    )
    assert calls.status == 201, made
    at = f"action-items/{made['reference']}"
    assert calls.last["Location"] == f"/api/v1/{at}"
    assert made["retrospective"] == {"id": retrospective.pk, "title": retrospective.title}
    assert made["factor"] == {"id": factor.pk, "text": factor.text}
    for query in ("state=overdue", "owner=nobody", f"owner={responder.pk}", f"incident={incident.reference}"):
        found = calls.get(f"action-items?{query}")["results"]
        assert [one["reference"] for one in found] == ([] if "nobody" in query else [made["reference"]])
    assert api(responder).get("action-items?owner=me&state=unfinished&q=pool")["results"]
    read = calls.get(at)
    tag = calls.last["ETag"]
    changed = calls.patch(at, {"due_on": "2026-02-05"}, if_match=tag)
    assert (changed["due_on"], changed["version"]) == ("2026-02-05", read["version"] + 1)
    stale = calls.patch(at, {"due_on": None}, if_match=tag)
    assert (calls.status, stale["current"]["due_on"]) == (412, "2026-02-05")
    for state, said in (
        ("in_progress", {}),
        ("done", {}),
        ("verified", {"seen": "300 at once"}),
        ("open", {"reason": "It fails again"}),
        ("done", {}),
    ):
        assert calls.put(f"{at}/state", {"state": state} | said)["state"] == state
    assert calls.put(f"{at}/helped", {"answer": "yes", "note": "No queue since."})["helped"] == "yes"
    calls.get("action-items/export?state=done")
    assert made["reference"] in calls.last.content.decode()
    assert calls.get("action-items/quarter?quarter=2026-Q1")["done"] == 1


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"state": "verified"}, "/seen"),
        ({"state": "wont_do"}, "/reason"),
        ({"state": "lost"}, "/state"),
        ({"state": "open", "to": "done"}, "/to"),
    ],
)
def test_a_state_that_lacks_words_names_the_field(said, pointer, calls):
    made = calls.post("action-items", {"title": "Measure it"})
    if said["state"] == "verified":
        calls.put(f"action-items/{made['reference']}/state", {"state": "done"})
    refused = calls.put(f"action-items/{made['reference']}/state", said)
    assert (calls.status, refused["errors"][0]["pointer"]) == (422, pointer)


def test_the_same_change_for_many(calls, responder):
    made = [calls.post("action-items", {"title": f"Item {number}"})["reference"] for number in range(2)]
    calls.put(f"action-items/{made[0]}/state", {"state": "done"})
    told = calls.post("action-items/bulk-changes", {"items": made, "state": "done"})
    assert told["changed"] == [made[1]]
    assert told["refused"][0]["item"] == made[0]
    calls.post("action-items/bulk-changes", {"items": made, "owner": responder.pk})
    assert {one["owner"]["id"] for one in calls.get("action-items")["results"]} == {responder.pk}
    refused = calls.post("action-items/bulk-changes", {"items": ["ACT-999999"], "priority": "P1"})
    assert (calls.status, refused["errors"][0]["pointer"]) == (422, "/items")
    calls.get("action-items?mood=good")
    assert calls.status == 400
