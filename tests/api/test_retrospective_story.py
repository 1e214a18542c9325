"""Can a program carry a retrospective from its start to a published version?"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from retros.checks import CHECKS
from retros.models import Retrospective

NEXT_YEAR = timezone.now().year + 1


@pytest.fixture
def at(calls, incident, commander, responder):
    """The address of a retrospective of the incident, framed, with three people at the table."""
    made = calls.post("retrospectives", {"incidents": [incident.reference], "owner": commander.email})
    assert calls.status == 201, made
    assert (made["title"], made["incident"]) == (incident.title, incident.reference)
    at = f"retrospectives/{made['id']}"
    assert calls.last["Location"] == f"/api/v1/{at}"
    framed = calls.patch(
        at, {"scope": "The evening", "facilitator": commander.pk, "due_on": f"{NEXT_YEAR}-01-02"}
    )
    assert (framed["scope"], framed["facilitator"]["id"]) == ("The evening", commander.pk)
    seated = calls.post(f"{at}/participants", {"people": [commander.pk, responder.email, responder.pk]})
    assert [one["person"]["id"] for one in seated["participants"]] == [commander.pk, responder.pk]
    return at


def test_from_collecting_to_publishing(calls, at, commander, outsider, api):
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    held = calls.put(f"{at}/session", {"scheduled_at": soon, "minutes": 30, "place": "Room 5"})
    assert (held["status"], held["minutes"]) == ("scheduled", 30)
    calls.get(f"{at}/session/invitation")
    assert calls.last["Content-Type"].startswith("text/calendar")
    assert calls.post(f"{at}/session/start")["status"] == "in_session"
    agenda = calls.get(f"{at}/agenda")["results"]
    assert agenda[0]["running_since"]
    calls.post(f"{at}/agenda/clock", {"do": "extend", "item": agenda[1]["id"]})
    finished = calls.put(f"{at}/agenda/{agenda[0]['id']}/finished", {"is_finished": True})
    assert finished["has_finished"]
    assert calls.post(f"{at}/presentation")["presenter"]["id"] == commander.pk
    calls.post(f"{at}/presentation/call")
    calls.delete(f"{at}/presentation")
    assert calls.post(f"{at}/session/end")["status"] == "soaking"
    refused = calls.post(f"{at}/review", {})
    assert (calls.status, refused["errors"][0]["pointer"]) == (422, "/reason")
    assert calls.post(f"{at}/review", {"reason": "It is small."})["status"] == "in_review"
    review = calls.post(f"{at}/reviews", {"reviewer": outsider.pk})
    theirs = api(outsider)
    theirs.put(f"{at}/reviews/{review['id']}/answer", {"verdict": "approved", "note": "Clear."})
    assert theirs.status == 200
    assert calls.post(f"{at}/publication", {})["status"] == 409
    for name in CHECKS:
        calls.put(f"{at}/checks/{name}/waiver", {"reason": f"Small: {name}"})
        assert calls.status == 204
    told = calls.get(f"{at}/checks")["results"]
    assert {check["is_settled"] for check in told} == {True}
    assert told[0]["waiver"]["by"]["id"] == commander.pk
    first = calls.post(f"{at}/publication", {"note": "First"})
    assert (calls.status, first["number"], first["note"]) == (201, 1, "First")
    assert calls.get(f"{at}/versions/1")["title"] == calls.get(at)["title"]
    calls.get(f"{at}/export?format=md")
    assert calls.last.content.decode().startswith("# Checkout answers slowly")
    calls.put(f"{at}/mark", {"is_so": True})
    assert calls.get("retrospectives/library?q=checkout")["results"][0]["marks"] == 1
    assert calls.post(f"{at}/pdf-exports", {})["version"] == 1
    assert calls.post(f"{at}/reopening", {"reason": "A number is wrong."})["status"] == "in_review"
    assert Retrospective.objects.get().publications.count() == 1


def test_what_happened_and_why(calls, at, commander):
    row = calls.post(
        f"{at}/timeline",
        {"text": "The pool was full", "occurred_at": "2026-01-05T10:00:00Z", "actor": commander.pk},
    )
    assert (calls.status, row["actor"]["id"]) == (201, commander.pk)
    changed = calls.patch(f"{at}/timeline/{row['id']}", {"detail": "20 of 20", "is_starred": True})
    assert (changed["detail"], changed["text"], changed["version"]) == ("20 of 20", "The pool was full", 1)
    marked = calls.put(f"{at}/timeline/{row['id']}/phase", {"phase": "introduced"})
    assert marked["phase"] == "introduced"
    said = calls.post(f"{at}/timeline/{row['id']}/recollections", {"text": "I thought it was the network."})
    assert (said["beside"], said["is_recollection"]) == (row["id"], True)
    brought = calls.post(
        f"{at}/timeline/rows",
        {"rows": [{"text": "Deployed 4.2", "occurred_at": "2026-01-05T09:58:00Z", "source": "ci"}] * 2},
    )
    assert brought == {"added": 1, "changed": 0, "known": 1}
    pasted = {"which": "lines", "lines": "10:05 Rolled back", "day": "2026-01-05"}
    assert calls.post(f"{at}/timeline/records", pasted)["added"] == 1
    sent = SimpleUploadedFile("rows.csv", b"occurred_at,text\n2026-01-05T10:07:00Z,It was over\n")
    answer = calls.client.post(
        f"/api/v1/{at}/timeline/records",
        {"which": "csv", "file": sent},
        headers={"Authorization": f"Bearer {calls.token}"},
    )
    assert answer.json() == {"added": 1, "changed": 0, "known": 0}
    rows = calls.get(f"{at}/timeline?starred=true")["results"]
    assert [one["id"] for one in rows] == [row["id"]]
    assert calls.post(f"{at}/timeline/removals", {"entries": [said["id"]]}) == {"changed": 1}
    assert calls.get(f"{at}/timeline?state=removed")["results"][0]["id"] == said["id"]
    calls.post(f"{at}/timeline/{said['id']}/restoration")
    assert calls.status == 200
    for section in ("found-gaps", "suggestions"):
        calls.get(f"{at}/timeline/{section}")
        assert calls.status == 200
    assert "TTO" in calls.get(f"{at}/measures")["results"][0]["name"]

    why = calls.post(f"{at}/contributing-factors", {"text": "The pool has one size", "level": "systemic"})
    below = calls.post(
        f"{at}/contributing-factors",
        {"text": "Nobody measured it", "parent": why["id"], "category": "Process"},
    )
    assert (below["parent"], below["added_by"]["id"]) == (why["id"], commander.pk)
    shown = calls.patch(f"{at}/contributing-factors/{why['id']}", {"entries": [row["id"]]})
    assert shown["entries"] == [row["id"]]
    calls.post(f"{at}/contributing-factors/{below['id']}/steps", {"step": "out"})
    assert calls.get(f"{at}/contributing-factors/{below['id']}")["parent"] is None
    assert calls.post(f"{at}/contributing-factors/undoing")["what"] == "Moved “Nobody measured it”"
    calls.delete(f"{at}/contributing-factors/{below['id']}")
    assert [one["id"] for one in calls.get(f"{at}/contributing-factors")["results"]] == [why["id"]]

    numbers = [{"name": "Failed payments", "value": "1,240"}]
    written = calls.put(f"{at}/impact/customers", {"text": "They could not pay.", "numbers": numbers})
    assert (written["version"], written["numbers"][0]["value"]) == (1, "1,240")
    assert [one["version"] for one in calls.get(f"{at}/impact")["results"]] == [1, 0, 0, 0]
    calls.get(f"{at}/impact/duration")
    assert calls.status == 200


def test_a_section_is_written_over_what_was_read(calls, at, commander):
    section = f"{at}/sections/summary"
    assert calls.get(section)["text"] == ""
    read = calls.last["ETag"]
    assert calls.put(section, {"text": "It was **slow**."}, if_match=read)["text"] == "It was **slow**."
    stale = calls.put(section, {"text": "It was fast."}, if_match=read)
    assert (calls.status, stale["current"]["text"]) == (412, "It was **slow**.")
    calls.put(section, {"text": "It was fast.", "version": 0})
    assert calls.status == 409
    assert calls.put(section, {"text": "Slow at 18:00.", "version": 1})["version"] == 2
    kept = calls.post(f"{section}/versions", {"note": "Evening"})
    assert (calls.status, kept["number"], kept["authors"][0]["id"]) == (201, 1, commander.pk)
    assert calls.post(f"{section}/versions", {}) is None
    assert calls.status == 204
    calls.put(section, {"text": "Something else"})
    assert calls.post(f"{section}/versions/1/restoration")["text"] == "Slow at 18:00."
    first = calls.post(f"{section}/comments", {"text": "Since when?", "quote": "slow"})
    answer = calls.post(f"{section}/comments", {"text": "18:00", "parent": first["id"]})
    assert answer["parent"] == first["id"]
    closed = calls.put(f"{section}/comments/{first['id']}/resolution", {"resolved": True})
    assert closed["resolved_by"]["id"] == commander.pk
    sections = calls.get(f"{at}/sections")["results"]
    assert [one["text"] for one in sections] == ["Slow at 18:00.", "", "", ""]
    calls.put(section, {"text": "Commander Example should have known."})
    hint = calls.get(f"{section}/hints")["results"][0]
    calls.post(f"{section}/hints/dismissals", {"rule": hint["rule"], "found": hint["found"]})
    assert hint not in calls.get(f"{section}/hints")["results"]
