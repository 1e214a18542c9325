"""Are files taken for what they are, and given back harmlessly, to those in reach only?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from timeline.models import Evidence

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def upload(client, commander, incident, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(commander)

    def send(name: str, content: bytes, **data):
        file = SimpleUploadedFile(name, content, content_type="image/png")
        return client.post(
            f"{incident.get_absolute_url()}evidence/",
            {"kind": "picture", "title": "Seen", "file": file} | data,
        )

    return send


def _given_back(client, incident):
    item = Evidence.objects.get()
    return client.get(f"{incident.get_absolute_url()}evidence/{item.pk}/file/")


def test_a_picture_is_shown(upload, client, incident):
    assert upload("graph.png", PNG).status_code == 302
    answer = _given_back(client, incident)
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" not in answer.get("Content-Disposition", "")


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"<svg onload=alert(1)>", b"plain log"]
)
def test_what_could_run_is_only_downloaded_as_text(upload, client, incident, content):
    assert upload("picture.png", content).status_code == 302
    answer = _given_back(client, incident)
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("content", [b"MZ" + b"\0" * 64, b"\x7fELF" + b"\0" * 64, b"PK\x03\x04" + b"\0" * 40])
def test_other_files_are_refused_and_the_words_stay(upload, content):
    answer = upload("tool.png", content, title="What I saw")
    assert answer.status_code == 200
    assert b"Only pictures" in answer.content
    assert b"What I saw" in answer.content
    assert not Evidence.objects.exists()


def test_too_large_is_refused(upload, settings):
    settings.UPLOAD_MAX_BYTES = 20
    assert b"At most" in upload("graph.png", PNG).content


def test_nobody_else_gets_the_file_of_a_private_incident(upload, client, incident, outsider):
    upload("graph.png", PNG)
    incident.is_private = True
    incident.save()
    client.force_login(outsider)
    assert _given_back(client, incident).status_code == 404


def test_a_picture_stands_in_the_timeline_and_opens_in_full_size(upload, client, incident):
    upload("graph.png", PNG)
    item = Evidence.objects.get()
    address = f"{incident.get_absolute_url()}evidence/{item.pk}/file/"
    page = client.get(incident.get_absolute_url()).content.decode()
    assert f'src="{address}"' in page
    assert f'href="{address}"' in page


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("picture", "file", "Add a picture."),
        ("link", "url", "Add an address."),
        ("log", "body", "Add a text"),
    ],
)
def test_what_is_missing_is_named_at_the_field_of_the_kind(client, commander, incident, kind, field, words):
    client.force_login(commander)
    response = client.post(f"{incident.get_absolute_url()}evidence/", {"kind": kind, "title": "Seen"})
    assert words in response.context["form"].errors[field][0]
