"""Is everything that comes in shown first, and kept only once confirmed, by whom it was shown to?"""

import re
import secrets

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from incidents.workflow import record_change
from retros.models import TimelineEntry
from tests.retros.timeline.test_read_slack import AT, export, message


@pytest.fixture
def read(client, commander, retrospective):
    client.force_login(commander)
    address = reverse("retro_import", args=[retrospective.pk])

    def run(source, **data):
        return (
            client.post(f"{address}?from={source}", data) if data else client.get(f"{address}?from={source}")
        )

    return run


@pytest.fixture
def confirm(client, retrospective):
    def run(response, **data):
        bundle = re.search(r'name="bundle" value="([^"]+)"', response.content.decode())[1]
        return client.post(
            reverse("retro_import_confirmation", args=[retrospective.pk]), {"bundle": bundle, **data}
        )

    return run


def texts():
    return list(TimelineEntry.objects.in_order().values_list("text", flat=True))


def paste(read, lines, day="2025-11-17"):
    return read("paste", day=day, lines=lines)


def test_lines_are_shown_with_what_was_not_read_and_come_in_once(read, confirm, client):
    shown = paste(read, "14:32 rolled back\nnonsense\n14:35 error rate falls")
    text = shown.content.decode()
    assert "Line 2:" in text
    assert "It does not begin with a time" in text
    assert "2 events" in text
    assert texts() == []
    confirm(shown)
    assert texts() == ["rolled back", "error rate falls"]
    again = paste(read, "14:32 rolled back\n14:36 quiet")
    assert again.content.decode().count("there already") == 2  # said above, and in the row
    confirm(again)
    assert texts() == ["rolled back", "error rate falls", "quiet"]


def test_a_row_can_be_left_out(read, confirm):
    confirm(paste(read, "14:32 a\n14:33 b\n14:34 c"), leave_out=["1"])
    assert texts() == ["a", "c"]


def test_files(read, confirm):
    csv = SimpleUploadedFile("a.csv", b"time,text\n2025-11-17T10:00Z,from csv\n")
    also = SimpleUploadedFile("a.json", b'{"events": [{"at": "2025-11-17T10:01Z", "text": "from json"}]}')
    confirm(read("csv", file=csv))
    confirm(read("json", file=also))
    assert texts() == ["from csv", "from json"]


def test_a_broken_file_says_so_and_keeps_the_form(read):
    response = read("json", file=SimpleUploadedFile("a.json", b"{"))
    assert "not well-formed JSON" in response.content.decode()
    assert 'name="file"' in response.content.decode()


def test_channels_of_an_export_are_chosen_in_the_preview(read, confirm):
    day = {"since": "2025-11-17T00:00:00", "until": "2025-11-18T00:00:00"}
    content = export(ops=[message("in ops")], random=[message("elsewhere")])
    shown = read("slack", file=SimpleUploadedFile("x.zip", content), channel="", **day)
    assert shown.content.decode().count('name="group"') == 2
    confirm(shown, group=["#ops"])
    assert texts() == ["in ops"]


def test_deployments(read, confirm, over, commander, began):
    record_change(incident=over, by=commander, title="v231", at=began)
    confirm(read("changes"))
    assert texts() == ["Deployment: v231"]


def test_nothing_to_bring_says_so(read):
    assert b"Every alert of the incident is on the timeline already" in read("alerts").content


def test_a_preview_is_good_for_its_reader_and_its_retrospective_alone(
    read, client, responder, private_retrospective, retrospective, commander
):
    bundle = re.search(r'name="bundle" value="([^"]+)"', paste(read, "14:32 a").content.decode())[1]
    client.post(reverse("retro_import_confirmation", args=[private_retrospective.pk]), {"bundle": bundle})
    client.force_login(responder)
    client.post(reverse("retro_import_confirmation", args=[retrospective.pk]), {"bundle": bundle})
    client.post(reverse("retro_import_confirmation", args=[retrospective.pk]), {"bundle": "forged"})
    assert texts() == []


def test_a_time_without_zone_is_the_readers(read, confirm, client, commander):
    commander.time_zone = "Asia/Tokyo"
    commander.save()
    confirm(paste(read, "14:32 a"))
    row = TimelineEntry.objects.get()
    assert row.occurred_at.astimezone(timezone.get_fixed_timezone(0)).hour == 5


def test_more_text_than_a_form_sends_back_is_refused_at_once(read):
    content = export(ops=[message(secrets.token_urlsafe(6000), at=AT + n) for n in range(300)])
    day = {"since": "2025-11-17T00:00:00", "until": "2025-11-18T00:00:00"}
    shown = read("slack", file=SimpleUploadedFile("x.zip", content), **day)
    assert "too much text at once" in shown.content.decode()
