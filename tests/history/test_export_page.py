"""Does an export asked for on the page become a file, for whoever asked and for a day, and does it say how far it is?"""

import json
import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from core.requested_files import FileState, claim
from history.models import Export
from history.tasks import make_waiting_exports
from history.workflow import ask_for_export, exporting
from history.workflow.exporting import make_next_export
from incidents.workflow import declare_incident
from timeline.models import Evidence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def incidents(commander, severity):
    declare_incident(by=commander, title="Zephyrquartz", severity=severity(2), is_private=True)
    return [declare_incident(by=commander, title=f"Plain {n}", severity=severity(3)) for n in range(3)]


def test_asked_for_made_and_saved(client, admin, incidents):
    client.force_login(admin)
    page = client.post("/settings/exports/", {"has_files": "on"}, follow=True)
    export = Export.objects.get()
    assert b"waits for a worker" in page.content
    assert client.get(f"/settings/exports/{export.pk}/file/").status_code == 404
    make_waiting_exports()
    shown = client.get(f"/settings/exports/{export.pk}/").content.decode()
    assert "Save the file" in shown
    assert "3 lines" in shown
    answer = client.get(f"/settings/exports/{export.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment")
    text = b"".join(answer.streaming_content).decode()
    assert [json.loads(row)["title"] for row in text.splitlines()] == [f"Plain {n}" for n in range(3)]
    assert "Zephyrquartz" not in text, "an administrator is on no private incident by that alone"


def test_for_whoever_asked_alone(client, admin, commander, incidents):
    ask_for_export(by=admin)
    make_waiting_exports()
    export = Export.objects.get()
    second = User.objects.create_user("second@example.com", name="Second", installation_role="administrator")
    for person, status in ((second, 404), (commander, 403)):
        client.force_login(person)
        for page in ("", "file/"):
            assert client.get(f"/settings/exports/{export.pk}/{page}").status_code == status
    client.force_login(second)
    assert f"/settings/exports/{export.pk}/" not in client.get("/settings/exports/").content.decode()
    client.force_login(commander)
    assert client.post("/settings/exports/", {}).status_code == 403
    assert Export.objects.count() == 1


def test_says_how_far_it_is(client, admin, incidents, monkeypatch):
    """Looked at from another connection in between; here, as the worker tells it."""
    monkeypatch.setattr(exporting, "EVERY", timedelta(0))
    export = ask_for_export(by=admin)
    client.force_login(admin)
    Export.objects.filter(pk=export.pk).update(state=FileState.MAKING, total=300, done_count=120)
    part = client.get(f"/settings/exports/{export.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "120 of 300" in part
    assert "w-4-10" in part
    assert "<html" not in part
    Export.objects.filter(pk=export.pk).update(state=FileState.WAITING)
    make_waiting_exports()
    assert (
        "HX-Refresh" in client.get(f"/settings/exports/{export.pk}/", headers={"HX-Request": "true"}).headers
    )


def test_asked_twice_is_made_once(admin, incidents):
    assert ask_for_export(by=admin) == ask_for_export(by=admin)
    assert ask_for_export(by=admin, has_files=False) != ask_for_export(by=admin)


def test_what_a_killed_worker_left_is_begun_anew(admin, incidents):
    export = ask_for_export(by=admin)
    assert claim(Export)
    assert not make_next_export(), "somebody writes it"
    Export.objects.filter(pk=export.pk).update(started_at=timezone.now() - timedelta(minutes=6))
    assert make_next_export()
    export.refresh_from_db()
    assert export.state == FileState.READY


def test_what_stops_a_worker_each_time_is_given_up_and_holds_up_no_other(admin, incidents):
    lost = ask_for_export(by=admin)
    long_ago = timezone.now() - timedelta(hours=13)
    Export.objects.filter(pk=lost.pk).update(state=FileState.MAKING, started_at=long_ago, asked_at=long_ago)
    ask_for_export(by=admin, has_files=False)
    assert make_next_export()
    assert list(Export.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "ready"]


def test_a_worker_that_wakes_up_late_leaves_it(admin, incidents):
    """Somebody else has begun it meanwhile: its file is not overwritten."""
    ask_for_export(by=admin)
    late = claim(Export, "asked_by")
    Export.objects.update(started_at=timezone.now())
    with pytest.raises(exporting.Taken):
        exporting._write(late)
    assert not Export.objects.get().file


def test_nothing_for_somebody_who_lost_the_right(admin, incidents):
    ask_for_export(by=admin)
    User.objects.filter(pk=admin.pk).update(installation_role="responder")
    make_waiting_exports()
    assert Export.objects.get().state == FileState.FAILED


def test_forgotten_after_a_day(admin, incidents, settings):
    ask_for_export(by=admin)
    make_waiting_exports()
    made = settings.MEDIA_ROOT / Export.objects.get().file.name
    assert made.exists()
    make_waiting_exports()
    assert made.exists()
    Export.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    make_waiting_exports()
    assert not made.exists()
    assert not Export.objects.exists()
    left = [settings.MEDIA_ROOT / "exports" / name for name in ("old.part", "new.part")]
    for path in left:
        path.touch()
    os.utime(left[0], (0, 0))
    make_waiting_exports()
    assert [path.exists() for path in left] == [False, True], (
        "what a killed worker left; not what is being written"
    )


def test_says_where_a_line_is_longer_than_any_import_takes(client, admin, incidents):
    """Rather now than on the day somebody brings it in."""
    Evidence.objects.create(
        incident=incidents[0], kind="log", title="x", captured_at=timezone.now(), body="y" * 8_400_000
    )
    export = ask_for_export(by=admin)
    make_waiting_exports()
    client.force_login(admin)
    assert "One line is longer" in client.get(f"/settings/exports/{export.pk}/").content.decode()
    said = StringIO()
    call_command("export_incidents", "-", stdout=StringIO(), stderr=said)
    assert "One line is longer" in said.getvalue()
