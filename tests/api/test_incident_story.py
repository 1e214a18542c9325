"""Can a program carry an incident from the report to the end?"""

from incidents.models import Incident, Service


def test_from_declaring_to_closing(api, commander, responder, readers):
    service = Service.objects.create(name="Payments", slug="payments")
    calls = api(commander)
    made = calls.post(
        "incidents",
        {
            "title": "Card payments fail",
            "severity": "SEV2",
            "services": ["payments", "payments"],
            "service_impact": "major_outage",
        },
    )
    assert calls.status == 201, made
    reference = made["reference"]
    assert calls.last["Location"] == f"/api/v1/incidents/{reference}"
    assert (made["status"], made["commander"]["id"]) == ("investigating", commander.pk)
    assert [one["service"]["slug"] for one in made["affected_services"]] == ["payments"]
    at = f"incidents/{reference}"
    note = calls.post(f"{at}/timeline", {"text": "Errors on the gateway"})
    assert calls.status == 201
    assert note["actor"]["id"] == commander.pk
    guess = calls.post(f"{at}/hypotheses", {"claim": "The pool is too small", "owner": responder.email})
    assert guess["owner"]["id"] == responder.pk
    calls.put(f"{at}/hypotheses/{guess['id']}/state", {"state": "supported", "verdict": "Seen in the log"})
    assert calls.status == 200
    tried = calls.post(f"{at}/mitigations", {"text": "Roll back", "kind": "rollback", "state": "applying"})
    update = calls.post(
        f"{at}/status-updates",
        {
            "audiences": ["public", "stakeholders"],
            "known": "Payments fail.",
            "unknown": "Why.",
            "wordings": {"public": {"known": "Some card payments fail."}},
            "public_title": "Card payments fail",
            "next_update_at": "2032-01-01T00:00:00Z",
        },
    )
    assert calls.status == 201, update
    calls.post(
        f"{at}/mitigation",
        {
            "note": "Rolled back",
            "outcomes": [{"mitigation": tried["id"], "state": "worked"}],
            "services": [{"service": "payments", "impact": "operational"}],
            "updates": {"public": "It is better.", "stakeholders": "It is better."},
            "next_update_at": "2032-01-01T00:00:00Z",
        },
    )
    assert calls.status == 200
    refused = calls.post(f"{at}/resolution", {})
    assert (calls.status, refused["errors"][0]["pointer"]) == (422, "/waive_reason")
    calls.post(
        f"{at}/resolution",
        {"waive_reason": "Seen by hand", "updates": {"public": "Over.", "stakeholders": "Over."}},
    )
    assert calls.status == 200
    calls.post(f"{at}/closure", {"owner": responder.pk})
    assert calls.status == 200
    stands = calls.get(at)
    assert stands["status"] == "closed"
    assert Incident.objects.get().source == "api"
    assert not service.impacts.running().exists()
