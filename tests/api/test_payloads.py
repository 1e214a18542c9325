"""Does an administrator read a payload as it came, and nobody else?"""

import pytest

from integrations.workflow import create_integration, receive


@pytest.fixture
def payload(admin):
    made = create_integration(by=admin, kind="generic", name="Cameras")[0]
    headers = {"Content-Type": "application/json", "Authorization": "Bearer secret-word", "X-Site": "north"}
    return receive(integration=made, dialect="generic", body=b'{"title": "Door is open"}', headers=headers)


def test_as_it_came(api, admin, payload):
    told = api(admin).get(f"integrations/{payload.integration_id}/payloads/{payload.pk}")
    assert told["body"] == '{\n  "title": "Door is open"\n}'
    assert (told["headers"]["X-Site"], told["is_cut"]) == ("north", False)
    assert "secret-word" not in str(told)


def test_a_list_has_no_bodies(api, admin, payload):
    (told,) = api(admin).get(f"integrations/{payload.integration_id}/payloads")["results"]
    assert "body" not in told


def test_nobody_else(api, responder, payload):
    calls = api(responder)
    calls.get(f"integrations/{payload.integration_id}/payloads/{payload.pk}")
    assert calls.status == 403
