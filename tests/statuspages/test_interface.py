"""Is the interface shaped as Statuspage's, key by key, and open to any origin?"""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from incidents.workflow import set_service_impact
from statuspages.workflow import update_maintenance

INCIDENT = {
    "id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink",
    "started_at", "page_id", "incident_updates", "components",
}  # fmt: skip
UPDATE = {
    "id", "status", "body", "incident_id", "created_at", "updated_at", "display_at", "affected_components",
    "deliver_notifications", "custom_tweet", "tweet_id",
}  # fmt: skip
COMPONENT = {
    "id", "name", "status", "created_at", "updated_at", "position", "description", "showcase", "start_date",
    "group_id", "page_id", "group", "only_show_if_degraded",
}  # fmt: skip
DOCUMENTS = {
    "summary": {"page", "components", "incidents", "scheduled_maintenances", "status"},
    "status": {"page", "status"},
    "components": {"page", "components"},
    "incidents": {"page", "incidents"},
    "incidents/unresolved": {"page", "incidents"},
    "scheduled-maintenances": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/active": {"page", "scheduled_maintenances"},
}


def ask(client, name: str) -> dict:
    response = client.get(f"/status/shop/api/v2/{name}.json")
    assert response["Access-Control-Allow-Origin"] == "*"
    return json.loads(response.content)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_has_its_parts(client, shop, broken, tell, work, name):
    tell(broken, "Some cards fail.")
    document = ask(client, name)
    assert set(document) == DOCUMENTS[name]
    assert set(document["page"]) == {"id", "name", "url", "time_zone", "updated_at"}
    assert document["page"]["time_zone"] == "Europe/Berlin"


def test_an_incident_key_by_key(client, shop, broken, tell):
    tell(broken, "Some cards fail.", ago=timedelta(minutes=5))
    tell(
        broken,
        "Known now.",
        status="fixing",
        wordings={"public": {"known": "Known now.", "doing": "Undoing it."}},
    )
    incident = ask(client, "incidents/unresolved")["incidents"][0]
    assert set(incident) == INCIDENT
    assert (incident["status"], incident["impact"], incident["resolved_at"]) == ("identified", "major", None)
    assert datetime.fromisoformat(incident["started_at"]) <= datetime.fromisoformat(incident["created_at"])
    newest, first = incident["incident_updates"]
    assert set(newest) == UPDATE
    assert newest["body"] == "Known now.\n\nWhat we are doing: Undoing it."
    assert newest["incident_id"] == incident["id"]
    assert (first["status"], first["body"]) == ("investigating", "Some cards fail.")
    assert newest["affected_components"] == [
        {
            "code": incident["components"][0]["id"],
            "name": "Payments",
            "old_status": "operational",
            "new_status": "partial_outage",
        }
    ]
    assert [set(c) for c in incident["components"]] == [COMPONENT]
    assert incident["components"][0]["status"] == "partial_outage"
    assert client.get(incident["shortlink"].partition("localhost:8000")[2]).status_code == 200


def test_ids_stay_and_tell_no_numbers(client, shop, broken, tell):
    tell(broken, "x")
    first = ask(client, "incidents")["incidents"][0]["id"]
    tell(broken, "y")
    assert ask(client, "incidents")["incidents"][0]["id"] == first
    assert len(first) == 12
    assert str(broken.number) != first


@pytest.mark.parametrize(
    ("impact", "indicator", "description"),
    [
        ("degraded", "minor", "Partially Degraded Service"),
        ("partial_outage", "major", "Partial System Outage"),
        ("major_outage", "critical", "Major Service Outage"),
        (None, "minor", "Partially Degraded Service"),
    ],
)
def test_the_indicator_follows_the_worst_component(
    client, shop, broken, tell, payments, commander, impact, indicator, description
):
    assert ask(client, "status")["status"] == {"indicator": "none", "description": "All Systems Operational"}
    set_service_impact(incident=broken, service=payments, impact=impact, by=commander)
    tell(broken, "Some cards fail.")
    assert ask(client, "status")["status"] == {"indicator": indicator, "description": description}


def test_resolved_has_its_time(client, shop, broken, tell):
    tell(broken, "x", ago=timedelta(hours=1))
    tell(broken, "Watching.", ago=timedelta(minutes=30), status="mitigated")
    tell(broken, "Over.", status="resolved")
    incident = ask(client, "incidents")["incidents"][0]
    assert incident["status"] == "resolved"
    assert incident["monitoring_at"] < incident["resolved_at"]
    assert ask(client, "incidents/unresolved")["incidents"] == []


def test_maintenance_in_its_lists(client, shop, work, commander):
    planned = ask(client, "scheduled-maintenances/upcoming")["scheduled_maintenances"]
    assert [set(m) for m in planned] == [INCIDENT | {"scheduled_for", "scheduled_until"}]
    assert (planned[0]["status"], planned[0]["impact"]) == ("scheduled", "maintenance")
    assert ask(client, "scheduled-maintenances/active")["scheduled_maintenances"] == []
    update_maintenance(by=commander, maintenance=work, state="in_progress", text="Begun.")
    assert ask(client, "scheduled-maintenances/upcoming")["scheduled_maintenances"] == []
    assert ask(client, "scheduled-maintenances/active")["scheduled_maintenances"][0]["name"] == work.title
    parts = {c["name"]: c["status"] for c in ask(client, "components")["components"]}
    assert parts == {"Payments": "operational", "Search": "under_maintenance"}
    assert ask(client, "status")["status"]["indicator"] == "none"
    update_maintenance(by=commander, maintenance=work, state="completed", text="Done.")
    whole = ask(client, "scheduled-maintenances")["scheduled_maintenances"][0]
    assert whole["status"] == "completed"
    assert datetime.fromisoformat(whole["resolved_at"]) <= timezone.now()


def test_inside_it_says_what_is_asked_of_its_readers(client, internal_page, broken, tell, stakeholder):
    tell(broken, "Known now.", unknown="How many.", ask="Hold the newsletter.")
    client.force_login(stakeholder)
    code = internal_page.code("incident", broken.pk)
    shown = client.get(f"/status-pages/inside/shown/incidents/{code}").text
    assert "What we ask of you" in shown
    assert "Hold the newsletter." in shown
    assert "What we do not know yet" in shown


def test_groups_are_components_with_parts(client, shop, admin):
    from statuspages.models import ComponentGroup
    from statuspages.workflow import keep_component, keep_group

    group = keep_group(by=admin, group=ComponentGroup(page=shop, name="Money"))
    part = shop.components.get(name="Payments")
    part.group = group
    keep_component(by=admin, component=part)
    listed = ask(client, "components")["components"]
    assert [(c["name"], c["group"]) for c in listed] == [
        ("Search", False),
        ("Money", True),
        ("Payments", False),
    ]
    assert listed[1]["components"] == [listed[2]["id"]]
    assert listed[2]["group_id"] == listed[1]["id"]
