"""Are alert routes read, changed, ordered and tried through the API?"""

import pytest

from alerts.models import Route
from integrations.workflow import create_integration
from tests.api.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(admin):
    return ApiClient.of(admin)


def test_a_route_is_added_changed_and_removed(asked, admin):
    create_integration(by=admin, kind="generic", name="Monitoring")
    said = {
        "name": "Database",
        "integrations": ["Monitoring"],
        "labels": ["cluster = eu-*"],
        "becomes": "suspect",
        "outcomes": {"Page": {"becomes": "declare", "severity": "SEV1"}},
    }
    made = asked.post("alert-routes", said)
    assert asked.status == 201
    assert made["outcomes"]["page"]["severity"]["name"] == "SEV1"
    assert (made["position"], made["integrations"][0]["name"]) == (1, "Monitoring")
    changed = asked.patch(f"alert-routes/{made['id']}", {"times": 3, "group_by": "service"})
    assert asked.status == 200, changed
    assert (changed["times"], changed["labels"]) == (3, ["cluster = eu-*"])
    asked.delete(f"alert-routes/{made['id']}")
    assert not Route.objects.exists()


def test_what_is_wrong_is_named(asked):
    refused = asked.post("alert-routes", {"name": "Database", "labels": ["nothing"], "expression": "["})
    assert asked.status == 422
    assert {one["pointer"] for one in refused["errors"]} == {"/labels", "/expression"}


def test_they_are_put_in_order(asked):
    ids = [asked.post("alert-routes", {"name": name})["id"] for name in "ABC"]
    ordered = asked.put("alert-route-order", {"routes": ids[::-1]})
    assert [one["name"] for one in ordered["results"]] == ["C", "B", "A"]
    asked.put("alert-route-order", {"routes": ids[:2]})
    assert asked.status == 422
    asked.post("alert-routes", {"name": "D", "position": 1})
    assert [one["name"] for one in asked.get("alert-routes")["results"]] == ["D", "C", "B", "A"]


def test_a_trial_saves_nothing(asked):
    told = asked.post("alert-route-trials", {"name": "Database", "days": 30})
    assert (asked.status, told["matched"], told["opened"]) == (200, 0, [])
    assert not Route.objects.exists()


def test_others_read_them_and_change_nothing(asked, stakeholder):
    asked.post("alert-routes", {"name": "Database"})
    reader = ApiClient.of(stakeholder)
    assert [one["name"] for one in reader.get("alert-routes")["results"]] == ["Database"]
    reader.post("alert-routes", {"name": "Mine"})
    assert reader.status == 403
