"""Do files go in as forms, and come out under a type that a program can read?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from api.registry import OPERATIONS
from timeline.models import Evidence

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture
def attach(calls, incident):
    """`attach(content, …)` sends a file as a form and returns the status and what was answered."""

    def send(content: bytes, **more):
        answer = calls.client.post(
            f"/api/v1/incidents/{incident.reference}/evidence",
            {"kind": "picture", "title": "Errors", "file": SimpleUploadedFile("e.png", content), **more},
            headers={"Authorization": f"Bearer {calls.token}"},
        )
        return answer.status_code, answer.json()

    return send


def test_a_form_names_records_by_their_ids(attach, incident, calls):
    note = calls.post(f"incidents/{incident.reference}/timeline", {"text": "Errors on the gateway"})
    status, made = attach(PICTURE, event=str(note["id"]))
    assert (status, made["event"]) == (201, note["id"])
    assert attach(PICTURE, event="")[0] == 201, "empty is none"


@pytest.mark.parametrize("wrong", [" 7", "-1", "7.0", "x", "٧", "9" * 30, SimpleUploadedFile("7", b"7")])
def test_a_form_with_a_wrong_id_is_refused_by_its_field(attach, wrong):
    status, refused = attach(PICTURE, event=wrong)
    assert (status, [one["pointer"] for one in refused["errors"]]) == (422, ["/event"])


def test_json_still_asks_for_a_number(incident, calls):
    calls.post(
        f"incidents/{incident.reference}/evidence",
        {"kind": "log", "title": "Errors", "body": "503", "event": "1"},
    )
    assert calls.status == 422


def test_a_file_comes_back_as_what_it_is_or_as_bytes(attach, incident, calls):
    _, made = attach(PICTURE)
    assert made["file_type"] == "image/png"
    at = f"incidents/{incident.reference}/evidence/{made['id']}/file"
    calls.get(at)
    assert calls.last["Content-Type"] == "image/png"
    assert b"".join(calls.last.streaming_content) == PICTURE
    calls.get(at, accept="application/octet-stream")
    assert calls.last["Content-Type"] == "application/octet-stream"


def test_a_file_of_a_type_that_nobody_noted_comes_back_as_bytes(attach, incident, calls):
    _, made = attach(PICTURE)
    Evidence.objects.update(file_type="")
    calls.get(f"incidents/{incident.reference}/evidence/{made['id']}/file")
    assert calls.last["Content-Type"] == "application/octet-stream"


def test_a_file_that_is_not_kept_is_refused_by_its_field(attach):
    status, refused = attach(b"MZ\0\0")
    assert (status, refused["errors"][0]["pointer"]) == (422, "/file")


def test_text_comes_before_json_and_bytes_before_all():
    """Generators take the first type that they know: text holds JSON, too, and bytes hold everything."""
    types = {operation.name: operation.media_types for operation in OPERATIONS if operation.file_types}
    assert types["export_timeline"] == ["text/csv", "text/markdown", "application/json"]
    assert types["get_status_page_logo"] == ["application/octet-stream", "image/png"]
    assert types["get_evidence_file"][0] == "application/octet-stream"
    assert types["get_retrospective_session_invitation"] == ["text/calendar"]
