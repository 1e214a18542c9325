"""Can an administrator's program bring history in and take everything out?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from history.tasks import carry_on_imports
from incidents.models import Incident

TABLE = b"id,title,severity,started_at,resolved_at\n1,Old trouble,high,2025-03-01T10:00:00Z,2025-03-01T11:00:00Z\n"


@pytest.fixture
def sent(api, admin):
    calls = api(admin)
    answer = calls.client.post(
        "/api/v1/imports",
        {"format": "csv", "file": SimpleUploadedFile("old.csv", TABLE)},
        headers={"Authorization": f"Bearer {calls.token}"},
    )
    assert answer.status_code == 201, answer.content
    carry_on_imports()
    return calls, f"imports/{answer.json()['id']}"


def test_a_file_is_read_confirmed_and_brought_in(sent):
    calls, at = sent
    told = calls.get(at)
    assert (told["state"], told["summary"]["incidents"]) == ("ready", 1)
    refused = calls.post(
        f"{at}/reading", {"columns": {"id": "id", "title": "nothing", "started_at": "started_at"}}
    )
    assert refused["errors"][0]["pointer"] == "/columns"
    calls.post(f"{at}/confirmation", {"severities": {"high": "SEV2"}})
    assert calls.status == 200
    carry_on_imports()
    assert calls.get(at)["state"] == "done"
    assert Incident.objects.get().title == "Old trouble"
    assert calls.get(f"{at}/refused")["results"] == []


def test_an_import_can_be_dropped(sent):
    calls, at = sent
    assert calls.post(f"{at}/drop")["state"] == "dropped"
    assert not Incident.objects.exists()


def test_an_export_needs_an_administrator_and_a_token_that_reaches_all(api, admin, responder):
    for calls in (api(responder, private=True), api(admin)):
        calls.post("exports", {})
        assert calls.status == 403
    calls = api(admin, private=True)
    made = calls.post("exports", {"has_files": False})
    assert (calls.status, made["state"]) == (201, "waiting")
    assert api(admin).get("exports")["results"] == []
    others = api(responder)
    others.get("imports")
    assert others.status == 403
