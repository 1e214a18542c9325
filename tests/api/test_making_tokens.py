"""Does a token give away no more than it has?"""

from accounts.models import ApiToken
from tests.api.client import ApiClient


def test_a_token_of_ones_own_from_making_to_revoking(api, responder):
    calls = api(responder, "people:write", "incidents:read")
    made = calls.post("me/tokens", {"name": "deploy", "scopes": ["incidents:read"]})
    assert calls.status == 201, made
    other = ApiClient(made["text"])
    assert other.get("me")["scopes"] == ["incidents:read"]
    listed = calls.get("me/tokens")
    assert made["text"] not in str(listed)
    assert {one["name"] for one in listed["results"]} >= {"deploy"}
    calls.post(f"me/tokens/{made['token']['id']}/revocation")
    assert calls.status == 200
    other.get("me")
    assert other.status == 401


def test_a_token_makes_none_that_can_more(api, responder):
    calls = api(responder, "people:write")
    for field, body in (
        ("scopes", {"scopes": ["incidents:write"]}),
        ("reaches_private", {"scopes": ["people:read"], "reaches_private": True}),
        ("days", {"scopes": ["people:read"], "days": 365}),
    ):
        refused = calls.post("me/tokens", {"name": "more"} | body)
        assert calls.status == 422
        assert refused["errors"][0]["pointer"] == f"/{field}"
    assert ApiToken.objects.filter(name="more").count() == 0


def test_a_service_account_and_its_token(api, admin, responder):
    calls = api(admin)
    account = calls.post("service-accounts", {"name": "Pipeline"})
    assert calls.status == 201
    at = f"service-accounts/{account['id']}/tokens"
    made = calls.post(at, {"name": "ci", "scopes": ["incidents:write"], "days": None})
    assert calls.status == 201, made
    assert made["token"]["expires_at"] is None
    assert ApiClient(made["text"]).get("me")["person"]["id"] == account["id"]
    assert [one["name"] for one in calls.get(at)["results"]] == ["ci"]
    assert calls.post(f"{at}/{made['token']['id']}/revocation")["revoked_at"]
    others = api(responder)
    others.get(at)
    assert others.status == 403


def test_a_token_of_somebody_else_is_not_there(api, admin, responder):
    token = api(responder).get("me/tokens")["results"][0]
    calls = api(admin)
    calls.post(f"me/tokens/{token['id']}/revocation")
    assert calls.status == 404


def test_rotating_replaces_a_token_by_one_alike(api, admin):
    calls = api(admin)
    made = calls.post("me/tokens", {"name": "deploy", "scopes": ["incidents:read"], "days": 30})
    at = f"me/tokens/{made['token']['id']}/rotation"
    new = calls.post(at, {"at_once": True})
    assert calls.status == 201, new
    assert new["token"]["scopes"] == ["incidents:read"]
    assert ApiClient(new["text"]).get("me")["token"] == "deploy"
    old = ApiClient(made["text"])
    old.get("me")
    assert old.status == 401
    calls.post(at, {})
    assert calls.status == 409


def test_a_token_rotates_none_that_can_more(api, responder):
    more = api(responder, "incidents:write", "people:write").get("me/tokens")["results"][0]
    calls = api(responder, "people:write")
    refused = calls.post(f"me/tokens/{more['id']}/rotation", {})
    assert calls.status == 422
    assert "incidents:write" in refused["detail"]


def test_a_service_account_is_changed_and_switched_off(api, admin):
    calls = api(admin)
    account = calls.post("service-accounts", {"name": "Pipeline"})
    at = f"service-accounts/{account['id']}"
    made = calls.post(f"{at}/tokens", {"name": "ci", "scopes": ["incidents:write"], "days": None})
    new = calls.post(f"{at}/tokens/{made['token']['id']}/rotation", {})
    assert new["token"]["expires_at"] is None
    assert calls.put(at, {"name": "CI", "installation_role": "stakeholder"})["name"] == "CI"
    calls.post(f"{at}/deactivation")
    assert calls.status == 200
    stopped = ApiClient(new["text"])
    stopped.get("me")
    assert stopped.status == 401
    calls.post(f"{at}/activation")
    stopped.get("me")
    assert stopped.status == 200
