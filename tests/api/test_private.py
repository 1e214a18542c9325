"""What does a token reach of what is private?"""

import pytest

from incidents.models import Incident


@pytest.fixture
def there(private_incident):
    return f"incidents/{private_incident.reference}"


def test_nothing_without_private(api, commander, there):
    calls = api(commander)
    calls.get(there)
    assert calls.status == 404
    assert calls.get("incidents")["results"] == []
    calls.post(f"{there}/timeline", {"text": "x"})
    assert calls.status == 404


def test_with_private_what_its_owner_reaches(api, commander, outsider, there):
    assert api(commander, private=True).get(there)["is_private"]
    calls = api(outsider, private=True)
    calls.get(there)
    assert calls.status == 404


def test_a_token_without_private_declares_nothing_private(api, commander):
    calls = api(commander)
    problem = calls.post("incidents", {"title": "Leak", "severity": "SEV2", "is_private": True})
    assert (calls.status, problem["errors"][0]["pointer"]) == (422, "/is_private")


def test_what_was_merged_into_something_private_does_not_name_it(
    api, commander, responder, incident, private_incident
):
    Incident.objects.filter(pk=incident.pk).update(merged_into=private_incident)
    told = api(responder).get(f"incidents/{incident.reference}")
    assert told["merged_into"] is None
    assert api(commander, private=True).get(f"incidents/{incident.reference}")["merged_into"]


def test_those_who_see_all_by_policy_see_nothing_private_by_such_a_token(api, admin, there):
    admin.sees_private_incidents = True
    admin.save()
    calls = api(admin)
    calls.get(there)
    assert calls.status == 404
    api(admin, private=True).get(there)
