"""Can an administrator's program say how retrospectives are held, and nobody else's?"""

from datetime import timedelta

from django.utils import timezone

from retros.models import RetrospectiveSettings

HELD = {
    "framing": "Nobody is blamed.",
    "soak_days": 0,
    "reading_hours": 1,
    "hides_dots": False,
    "waivers_need_second_person": True,
}
COLUMNS = [{"name": "Glad", "question": "What went well?"}, {"name": "Sad", "icon": "cloud-rain"}]


def test_settings_formats_words_and_costs(api, admin):
    calls = api(admin)
    assert calls.put("retrospective-settings", HELD) == HELD
    assert RetrospectiveSettings.get().soak_days == 0
    made = calls.post("retrospective-formats", {"name": "Moods", "columns": COLUMNS})
    assert [(one["key"], one["icon"]) for one in made["columns"]] == [
        ("glad", "message-square"),
        ("sad", "cloud-rain"),
    ]
    changed = calls.put(f"retrospective-formats/{made['id']}", {"name": "Mood", "columns": COLUMNS})
    assert changed["name"] == "Mood"
    word = calls.post("hint-words", {"words": "sloppy", "ask": "What made it hard?"})
    calls.delete(f"hint-words/{word['id']}")
    assert calls.get("hint-words")["results"] == []
    hour = {"low": "60.00", "likely": "80.00", "high": "120.00"}
    rates = {"currency": "eur", "hour": hour, "roles": [{"role": "commander", **hour}]}
    told = calls.put("cost-assumptions", rates)
    assert (told["currency"], told["hour"], told["minute"]) == ("EUR", hour, None)
    assert told["roles"][0]["role"]["slug"] == "commander"
    wrong = calls.put("cost-assumptions", {"currency": "EUR", "minute": hour | {"low": "900"}})
    assert (calls.status, wrong["errors"][0]["pointer"]) == (422, "/minute/likely")
    calls.delete(f"retrospective-formats/{made['id']}")
    assert calls.status == 204


def test_only_administrators(api, commander, admin):
    calls = api(commander)
    assert calls.get("retrospective-formats")["results"]
    for method, path, body in (
        ("PUT", "retrospective-settings", HELD),
        ("POST", "retrospective-formats", {"name": "x", "columns": COLUMNS}),
        ("POST", "hint-words", {"words": "x", "ask": "y"}),
        ("GET", "cost-assumptions", None),
    ):
        calls.ask(method, path, body)
        assert calls.status == 403, path
        weaker = api(admin, "retrospectives:read", "retrospectives:write")
        weaker.ask(method, path, body)
        assert weaker.status == 403, path


def test_a_sprint_is_looked_back_on(api, commander, responder):
    calls = api(commander)
    started = {"title": "Sprint 12", "subject": "sprint"}
    refused = calls.post("retrospectives", started)
    assert refused["errors"][0]["pointer"] == "/format"
    name = calls.get("retrospective-formats")["results"][0]["name"]
    made = calls.post("retrospectives", started | {"format": name, "people": [responder.pk]})
    assert (made["owner"]["id"], made["format"], made["incidents"]) == (commander.pk, name, [])
    kinds = [column["key"] for column in made["columns"]]
    at = f"retrospectives/{made['id']}"
    calls.post(f"{at}/learnings", {"kind": kinds[0], "text": "Pairing"})
    assert calls.status == 201
    refused = calls.post(f"{at}/learnings", {"kind": "none", "text": "Pairing"})
    assert refused["errors"][0]["pointer"] == "/kind"
    past = (timezone.now() - timedelta(days=1)).isoformat()
    refused = calls.put(f"{at}/session", {"scheduled_at": past})
    assert refused["errors"][0]["pointer"] == "/scheduled_at"
    refused = calls.patch(at, {"period_from": "2026-02-01", "period_to": "2026-01-01"})
    assert refused["errors"][0]["pointer"] == "/period_to"
