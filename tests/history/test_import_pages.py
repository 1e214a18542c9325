"""Can an administrator, and nobody else, bring a file in through the pages; and does the public see it only if told to?"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from history.models import Import, ImportState
from history.tasks import carry_on_imports
from incidents.models import Incident, Severity
from statuspages.models import StatusPage
from statuspages.workflow import keep_page
from tests.history.conftest import line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


def upload(client, content: str | bytes, form: str = "jsonl", name: str = "h.jsonl"):
    body = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, body)
    return client.post("/settings/imports/new/", {"format": form, "file": file, "zone": ""}, follow=True)


@pytest.mark.parametrize("public", [False, True])
def test_read_first_then_confirmed(client, admin, public):
    page = keep_page(by=admin, page=StatusPage(name="Shop", slug="shop", is_published=True, is_default=True))
    client.force_login(admin)
    response = upload(client, json.dumps(line()) + "\n")
    run = Import.objects.get()
    assert "being read through" in response.content.decode()
    carry_on_imports()
    shown = client.get(f"/settings/imports/{run.pk}/").content.decode()
    assert "Search is slow 1" in shown
    assert not Incident.objects.exists()
    choice = {"severity_0": Severity.objects.get(rank=1).pk} | ({"is_public": "on"} if public else {})
    client.post(f"/settings/imports/{run.pk}/", choice)
    assert "0 of 1" in client.get(f"/settings/imports/{run.pk}/").content.decode()
    carry_on_imports()
    assert "1 incident imported" in client.get(f"/settings/imports/{run.pk}/").content.decode()
    assert Incident.objects.get().severity.name == "SEV1"
    client.logout()
    outside = client.get(f"/status/{page.slug}/history/2024-03").content.decode()
    assert ("Search is slow 1" in outside) is public


def test_broken_file_says_so_and_can_be_dropped(client, admin):
    client.force_login(admin)
    upload(client, json.dumps(line())[:50])
    carry_on_imports()
    run = Import.objects.get()
    shown = client.get(f"/settings/imports/{run.pk}/").content.decode()
    assert run.state == ImportState.BROKEN
    assert "cut off" in shown
    client.post(f"/settings/imports/{run.pk}/dropping/")
    assert Import.objects.get().state == ImportState.DROPPED


def test_csv_columns_can_be_chosen(client, admin):
    client.force_login(admin)
    upload(client, "Ref,What,From\n8,Slow,2024-01-02 10:00\n=x,Bad,2024\n", "csv", "h.csv")
    carry_on_imports()
    run = Import.objects.get()
    assert run.refused_count == 2
    chosen = {"id": "Ref", "title": "What", "started_at": "From", "zone": "Europe/Berlin"}
    client.post(f"/settings/imports/{run.pk}/columns/", chosen)
    carry_on_imports()
    run.refresh_from_db()
    assert (run.refused_count, run.summary["incidents"]) == (1, 1)
    assert "'=x" in client.get(f"/settings/imports/{run.pk}/refusals.csv").content.decode()


def test_columns_that_are_not_imported_are_named(client, admin):
    client.force_login(admin)
    upload(client, "id,title,start,mood\n8,Slow,2024-01-02T10:00Z,bad\n", "csv", "h.csv")
    carry_on_imports()
    shown = client.get(f"/settings/imports/{Import.objects.get().pk}/").content.decode()
    assert "Columns that are not imported: mood." in shown


def test_file_past_the_limit(client, admin, settings):
    settings.IMPORT_MAX_BYTES = 10
    client.force_login(admin)
    assert "the limit is 10" in upload(client, json.dumps(line())).content.decode()
    assert not Import.objects.exists()


def test_responders_bring_nothing_in(client, commander):
    client.force_login(commander)
    assert upload(client, json.dumps(line())).status_code == 403
    assert not Import.objects.exists()
