"""Do metrics, answers, goals and annotations come by API, within reach, and files only to whom they may hold all?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.workflow import declare_incident, set_milestones


@pytest.fixture
def measured(commander, severity):
    incident = declare_incident(by=commander, title="Slow", severity=severity(2))
    began = timezone.now() - timedelta(hours=3)
    set_milestones(
        incident=incident,
        by=commander,
        moments={"impact_started_at": began, "detected_at": began + timedelta(minutes=10)},
    )
    return incident


def test_metrics_with_their_sample(api, responder, measured):
    calls = api(responder)
    told = calls.get("insights/metrics?period=30&by=severity")
    assert calls.status == 200, told
    cell = told["all"]["time_to_detect"]
    assert (cell["count"], cell["coverage"], cell["median"]) == (1, 1.0, 600.0)
    assert told["unit"] == "seconds"
    assert "D − S" in told["definitions"]["time_to_detect"]
    assert list(told["groups"]) == ["SEV2"]
    assert calls.get("insights/metrics?severity=SEV1")["cohort"]["incidents"] == 0
    counted = calls.get("insights/incidents")["results"]
    assert [one["reference"] for one in counted] == [measured.reference]


def test_dates_that_make_no_sense_are_named(api, responder):
    calls = api(responder)
    refused = calls.get("insights/metrics?since=2026-03-02&until=2026-03-01")
    assert calls.status == 422
    assert refused["errors"][0]["pointer"] == "/until"


def test_private_incidents_are_not_counted_without_private(api, commander, private_incident):
    assert api(commander).get("insights/metrics")["cohort"]["incidents"] == 0
    assert api(commander, private=True).get("insights/metrics")["cohort"]["incidents"] == 1


def test_questions_and_the_numbers_behind(api, responder, measured):
    calls = api(responder)
    assert {one["key"] for one in calls.get("insights/questions")["results"]} >= {"faster", "promises"}
    told = calls.get("insights/questions/promises?period=all")
    assert told["tables"][0]["columns"][0] == {"name": "Audience", "kind": "text"}
    calls.get("insights/questions/promises/tables")
    assert calls.last["Content-Type"].startswith("text/csv")
    calls.get("insights/questions/nothing")
    assert calls.status == 404


def test_annotations_and_goals(api, responder, stakeholder):
    calls = api(responder)
    made = calls.post("insights/annotations", {"day": "2026-03-01", "words": "New rota"})
    assert calls.status == 201, made
    changed = calls.patch(f"insights/annotations/{made['id']}", {"kind": "team"})
    assert (changed["kind"], changed["words"]) == ("team", "New rota")
    goals = calls.put(
        "insights/goals/time_to_mitigate",
        {"goals": [{"minutes": 60}, {"severity": "SEV1", "minutes": 30}]},
    )
    assert {(g["severity"] and g["severity"]["name"], g["seconds"]) for g in goals["results"]} == {
        (None, 3600),
        ("SEV1", 1800),
    }
    assert len(calls.get("insights/goals")["results"]) == 2
    reader = api(stakeholder)
    reader.post("insights/annotations", {"day": "2026-03-01", "words": "x"})
    assert reader.status == 403
    calls.delete(f"insights/annotations/{made['id']}")
    assert reader.get("insights/annotations")["results"] == []


def test_a_file_needs_a_token_that_reaches_all(api, responder):
    without = api(responder)
    without.post("insights/files", {"key": "promises"})
    assert without.status == 403
    calls = api(responder, private=True)
    made = calls.post("insights/files", {"key": "promises", "severity": "SEV2"})
    assert calls.status == 201, made
    assert made["state"] == "waiting"
    assert without.get("insights/files")["results"] == []
    calls.get(f"insights/files/{made['id']}/content")
    assert calls.status == 404
