"""Can an administrator's program let people in, sort them into teams and shut them out again?"""

import json

import pytest

from accounts.models import Installation, Team, User
from api.models import KeptAnswer


def test_from_inviting_to_taking_back(api, admin):
    team = Team.objects.create(name="Payments", slug="payments")
    calls = api(admin)
    made = calls.post("invitations", {"emails": ["new@example.test", admin.email], "teams": ["payments"]})
    assert calls.status == 201, made
    assert made["invited"][0]["link"].startswith("http")
    assert made["refused"][0]["email"] == admin.email
    at = f"invitations/{made['invited'][0]['invitation']['id']}"
    assert calls.get(at)["teams"] == [{"slug": team.slug, "name": team.name}]
    assert calls.post(f"{at}/renewal")["link"] != made["invited"][0]["link"]
    calls.delete(at)
    assert calls.status == 204
    calls.get(at)
    assert calls.status == 404


def test_a_link_is_not_kept_with_the_answer(api, admin, responder):
    calls = api(admin)
    first = calls.post(f"people/{responder.pk}/password-link", idempotency_key="k1")
    assert first["link"]
    again = calls.post(f"people/{responder.pk}/password-link", idempotency_key="k1")
    assert again == {"link": ""}
    assert first["link"] not in json.dumps(KeptAnswer.objects.get().body)


def test_a_team_and_its_members(api, admin, responder):
    calls = api(admin)
    calls.post("teams", {"name": "Payments"})
    assert calls.last["Location"] == "/api/v1/teams/payments"
    for _ in range(2):
        told = calls.post("teams/payments/members", {"people": [responder.pk]})
    assert [one["id"] for one in told["members"]] == [responder.pk]
    refused = calls.delete("teams/payments")
    assert calls.status == 409, refused
    calls.delete(f"teams/payments/members/{responder.pk}")
    assert calls.status == 204
    assert calls.patch("teams/payments", {"name": "Cards"})["slug"] == "payments"
    calls.delete("teams/payments")
    assert calls.status == 204


def test_a_person_is_changed_and_shut_out(api, admin, responder):
    calls = api(admin)
    at = f"people/{responder.pk}"
    changed = calls.patch(at, {"sees_private_incidents": True})
    assert (changed["sees_private_incidents"], changed["installation_role"]) == (True, "responder")
    assert calls.post(f"{at}/deactivation")["is_active"] is False
    assert calls.post(f"{at}/activation")["is_active"] is True
    refused = calls.patch(f"people/{admin.pk}", {"installation_role": "responder"})
    assert calls.status == 409, refused


def test_letting_people_in_or_do_more_needs_the_scope_admin(api, admin, responder):
    """Whoever can make an administrator, or holds the link of an invitation, is one."""
    calls, known = api(admin, "people:write"), f"people/{responder.pk}"
    invited = api(admin).post("invitations", {"emails": ["new@example.test"]})["invited"][0]["invitation"]
    for method, path, body in (
        ("PATCH", known, {"installation_role": "administrator"}),
        ("PATCH", known, {"sees_private_incidents": True}),
        ("POST", f"{known}/activation", None),
        ("POST", f"{known}/password-link", None),
        ("POST", "invitations", {"emails": ["x@example.test"]}),
        ("POST", f"invitations/{invited['id']}/renewal", None),
    ):
        calls.ask(method, path, body)
        assert calls.status == 403, path
    responder.refresh_from_db()
    assert (responder.installation_role, responder.sees_private_incidents) == ("responder", False)
    calls.post(f"{known}/deactivation")
    assert calls.status == 200


def test_addresses_are_told_to_administrators_and_oneself(api, admin, responder, stakeholder):
    told = {one["id"]: one["email"] for one in api(responder).get("people")["results"]}
    assert told[responder.pk] == responder.email
    assert told[stakeholder.pk] is None
    assert api(responder).get(f"people/{stakeholder.pk}")["sees_private_incidents"] is None
    assert all(one["email"] for one in api(admin).get("people")["results"])
    assert "example.test" not in json.dumps(api(stakeholder).get("teams"))


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("PUT", "incidents/{}/roles/deputy", "person"),
        ("POST", "incidents/{}/participants", "person"),
        ("POST", "incidents/{}/tasks", "owner"),
        ("POST", "action-items", "owner"),
        ("GET", "action-items?owner={address}", ""),
        ("GET", "retrospectives?owner={address}", ""),
    ],
)
def test_a_stakeholder_learns_of_no_address_whether_it_has_an_account(
    api, stakeholder, responder, incident, method, path, field
):
    """Whatever they may do with it: the answer is that of an address that nobody has."""
    calls = api(stakeholder)
    told = {}
    for address in (responder.email, "nobody@example.test"):
        body = {"title": "Ask the provider"} if field == "owner" else {}
        at = path.format(incident.reference, address=address)
        problem = calls.ask(method, at, body | {field: address} if field else None)
        assert calls.status == 422
        told[address] = {name: one for name, one in problem.items() if name != "instance"}
    assert told[responder.email] == told["nobody@example.test"]


def test_responders_name_people_by_their_addresses_and_everybody_themselves(
    api, responder, stakeholder, incident
):
    calls = api(responder)
    calls.put(f"incidents/{incident.reference}/roles/deputy", {"person": "RESPONDER@example.test"})
    assert calls.status == 200
    calls = api(stakeholder)
    calls.get(f"action-items?owner={stakeholder.email}")
    assert calls.status == 200


def test_only_administrators_change_people(api, responder, admin):
    calls = api(responder)
    calls.patch(f"people/{responder.pk}", {"installation_role": "administrator"})
    assert calls.status == 403
    calls.post("invitations", {"emails": ["x@example.test"]})
    assert calls.status == 403
    for path in ("invitations", "organisation", "service-accounts"):
        calls.get(path)
        assert calls.status == 403, path
    api(admin, "people:read").post("teams", {"name": "x"})
    assert not Team.objects.exists()


def test_a_profile_and_the_organisation(api, admin):
    calls = api(admin)
    assert calls.patch("me/profile", {"theme": "dark"})["theme"] == "dark"
    refused = calls.patch("me/profile", {"time_zone": "Moon/Base"})
    assert calls.status == 422
    assert refused["errors"][0]["pointer"] == "/time_zone"
    assert User.objects.get(pk=admin.pk).name == admin.name
    calls.patch("organisation", {"name": "Ferry", "duty_person": admin.pk})
    assert calls.status == 200
    assert Installation.get().name == "Ferry"
    assert calls.get("organisation")["duty_person"]["id"] == admin.pk


def test_lists_ask_a_constant_number_of_questions(api, admin, django_assert_max_num_queries):
    calls = api(admin)
    team = Team.objects.create(name="Payments", slug="payments")
    for number in range(12):
        person = User.objects.create_user(f"p{number}@example.test", name=f"P {number}")
        person.teams.add(team)
    for path in ("people", "teams", "invitations", "me/tokens", "services", "severities", "checklists"):
        with django_assert_max_num_queries(8):
            calls.get(path)
        assert calls.status == 200


def test_a_team_that_is_named_twice_is_one(api, admin):
    calls = api(admin)
    calls.post("teams", {"name": "Platform"})
    made = calls.post("invitations", {"emails": ["new@example.test"], "teams": ["platform", "platform"]})
    assert calls.status == 201, made
