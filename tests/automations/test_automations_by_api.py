"""Are automations set up, run, confirmed and read through the API?"""

from uuid import uuid4

from automations.models import Automation
from tests.api.client import ApiClient
from tests.automations.conftest import work


def test_one_is_set_up_changed_and_removed(admin, service):
    asked = ApiClient.of(admin)
    said = {"service": service.slug, "name": "Roll back", "url": "https://ci.example/run"}
    made = asked.post(
        "automations", said | {"sign_in": "bearer", "secret": "s3cret-token", "people": [admin.email]}
    )
    assert (asked.status, made["has_secret"], made["people"]) == (201, True, [admin.email])
    assert "s3cret-token" not in str(made)
    refused = asked.patch(f"automations/{made['id']}", {"url": "https://evil.example"})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/secret")
    changed = asked.patch(f"automations/{made['id']}", {"may_run": "named"})
    assert (asked.status, changed["may_run"], changed["url"]) == (200, "named", said["url"])
    refused = asked.post("automations", said | {"name": "B", "inputs": "x", "template": "{"})
    assert asked.status == 422
    asked.delete(f"automations/{made['id']}")
    assert not Automation.objects.exists()


def test_one_is_run_confirmed_and_read(add, hit, commander, responder, stakeholder, target):
    target.status, target.body = 202, b"queued"
    add(name="Roll back", needs_confirmation=True, inputs="region | Region | eu-1, us-1")
    asked, other = ApiClient.of(commander), ApiClient.of(responder)
    at = f"incidents/{hit.reference}"
    (offered,) = asked.get(f"{at}/automations")["results"]
    assert offered["inputs"] == [
        {"name": "region", "label": "Region", "choices": ["eu-1", "us-1"], "pattern": ""}
    ]
    run = f"{at}/automations/{offered['id']}/runs"
    refused = asked.post(run, {"inputs": {"region": "mars"}})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/input.region")
    said = {"inputs": {"region": "eu-1"}, "run_id": str(uuid4())}
    made = asked.post(run, said)
    assert (asked.status, made["state"]) == (201, "requested")
    assert asked.post(run, said)["id"] == made["id"]
    asked.post(f"{at}/automation-runs/{made['id']}/confirmation")
    assert asked.status == 403
    other.post(f"{at}/automation-runs/{made['id']}/confirmation")
    assert other.status == 200
    work()
    told = asked.get(f"{at}/automation-runs/{made['id']}")
    assert (told["state"], told["status_code"], told["answer"]) == ("accepted", 202, "queued")
    assert told["decided_by"]["id"] == responder.pk
    assert ApiClient.of(stakeholder).get(f"{at}/automation-runs/{made['id']}")["answer"] == ""
    other.post(f"{at}/automation-runs/{made['id']}/repetition")
    assert other.status == 409
    assert len(target.requests) == 1
