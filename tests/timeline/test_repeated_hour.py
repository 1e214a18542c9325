"""Can a time in the hour that was twice be edited, typed and chosen; and is a zone behind a time understood?"""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from core.local_time import UnclearTimeError, readings
from incidents.forms.incident_page import MilestonesForm
from incidents.forms.timeline import EventForm, split_time
from incidents.models import Incident
from retros.imports.lines import read_lines
from timeline.models import TimelineEvent
from timeline.workflow import record_event

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, SECOND = datetime(2025, 10, 26, 0, 30, tzinfo=UTC), datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
CASES = Path(settings.BASE_DIR).parent / "shared" / "data" / "cases"


def shown(form) -> dict:
    """What a browser sends back of a form that nobody has touched."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.sent, self.select = {}, ""

        def handle_starttag(self, tag, attrs):
            found = dict(attrs)
            if tag == "input" and found.get("type") != "checkbox":
                self.sent[found["name"]] = found.get("value", "")
            if tag == "select":
                self.select = found["name"]
            if tag == "option" and "selected" in found:
                self.sent[self.select] = found["value"]

    reader = Reader()
    reader.feed(str(form))
    return reader.sent


@pytest.fixture
def in_berlin():
    with timezone.override(BERLIN):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [FIRST, SECOND])
def test_stored_time_in_the_repeated_hour_is_saved_unchanged(in_berlin, incident, commander, stored):
    event = record_event(incident=incident, by=commander, kind="note", text="Rolled back", occurred_at=stored)
    sent = shown(EventForm(event=event)) | {"text": "Rolled back twice"}
    form = EventForm(sent, event=event)
    assert form.is_valid(), form.errors
    assert form.change()["occurred_at"] == stored


@pytest.mark.django_db
def test_milestone_in_the_repeated_hour_is_no_change(in_berlin, incident):
    Incident.objects.filter(pk=incident.pk).update(impact_started_at=SECOND)
    incident.refresh_from_db()
    form = MilestonesForm(shown(MilestonesForm(incident=incident)), incident=incident)
    assert form.is_valid(), form.errors
    assert "impact_started_at" not in form.change()["moments"]


@pytest.mark.django_db
def test_typed_time_in_the_repeated_hour_offers_both_readings(in_berlin, incident, commander, client):
    event = record_event(
        incident=incident, by=commander, kind="note", text="Rolled back", occurred_at=FIRST.replace(hour=5)
    )
    sent = shown(EventForm(event=event)) | {"text": "x", "occurred_at": "2025-10-26T02:30:00"}
    form = EventForm(sent, event=event)
    assert "Choose which one you mean" in form.errors["occurred_at"][0]
    html = str(form)
    assert "02:30:00 CEST, 00:30:00 UTC" in html
    assert "02:30:00 CET, 01:30:00 UTC" in html
    for reading, meant in (("+02:00", FIRST), ("+01:00", SECOND)):
        chosen = EventForm(sent | {"occurred_at_reading": reading}, event=event)
        assert chosen.is_valid(), chosen.errors
        assert chosen.cleaned_data["occurred_at"] == meant
    moved = EventForm(
        sent | {"occurred_at": "2025-10-26T04:30:00", "occurred_at_reading": "+02:00"}, event=event
    )
    assert moved.is_valid()
    assert moved.cleaned_data["occurred_at"].hour == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "words"), [("2025-03-30T02:30", "does not exist"), ("2025-03-30", "time of day")]
)
def test_time_that_never_was_or_has_no_hour_is_refused(in_berlin, incident, commander, typed, words):
    event = record_event(incident=incident, by=commander, kind="note", text="Rolled back", occurred_at=FIRST)
    form = EventForm(shown(EventForm(event=event)) | {"text": "x", "occurred_at": typed}, event=event)
    assert words in form.errors["occurred_at"][0]


@pytest.mark.django_db
@time_machine.travel("2025-10-26T03:00:00Z", tick=False)
def test_composer_offers_both_readings(client, commander, incident):
    commander.time_zone = "Europe/Berlin"
    commander.save()
    client.force_login(commander)
    address = f"/incidents/{incident.reference}/timeline/"
    answer = client.post(address, {"kind": "note", "text": "02:30 rolled back"}).content.decode()
    assert "Which one do you mean?" in answer
    assert not TimelineEvent.objects.filter(text__contains="rolled back").exists()
    client.post(address, {"kind": "note", "text": "02:30 rolled back", "reading": "+01:00"})
    assert TimelineEvent.objects.get(text="rolled back").occurred_at == SECOND


def test_composer_takes_the_only_reading_that_has_passed(in_berlin):
    between = datetime(2025, 10, 26, 0, 45, tzinfo=UTC)
    assert split_time("02:30 a", now=between) == (FIRST, "a")
    with pytest.raises(UnclearTimeError) as unclear:
        split_time("02:30 a", now=SECOND)
    assert unclear.value.readings == (FIRST, SECOND)
    with pytest.raises(UnclearTimeError):
        split_time("02:30 a", now=datetime(2025, 3, 30, 9, tzinfo=UTC))


def test_zone_behind_a_time_in_the_composer(in_berlin):
    now = datetime(2024, 5, 1, 14, 0, tzinfo=UTC)
    assert split_time("14:33 AEST rollback done", now=now) == (
        datetime(2024, 5, 1, 4, 33, tzinfo=UTC), "rollback done",
    )  # fmt: skip
    assert split_time("14:33 CPU back", now=now)[1] == "CPU back"
    with pytest.raises(UnclearTimeError, match="several zones"):
        split_time("14:33 IST rollback done", now=now)
    with pytest.raises(UnclearTimeError, match="not a known time zone"):
        split_time("14:33 Europe/Berln rollback done", now=now)


PASTED = "14:33 AEST rollback done\n11:00 NZDT checked again\n12:10 CPU back to normal\n04:26Z resolved\n"


def pasted() -> list[str]:
    shared = CASES / "pasted_lines.txt"
    return [PASTED, *([shared.read_text()] if shared.exists() else [])]


@pytest.mark.parametrize("text", pasted())
def test_zone_word_in_pasted_lines_is_read(text):
    reading = read_lines(text, zone=BERLIN, day=date(2024, 5, 1), now=datetime(2025, 1, 1, tzinfo=UTC))
    assert not reading.refused
    assert {(f"{row.occurred_at:%d %H:%M}", row.text) for row in reading.rows} == {
        ("30 22:00", "checked again"), ("01 04:26", "resolved"), ("01 04:33", "rollback done"),
        ("01 10:10", "CPU back to normal"),
    }  # fmt: skip


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"])
def test_every_reading_shows_the_time_that_was_asked_for(zone):
    where = ZoneInfo(zone)
    for minutes in range(0, 366 * 24 * 60, 30):
        wall = datetime.fromtimestamp(1735689600 + minutes * 60, UTC).replace(tzinfo=None)
        for at in readings(wall, where):
            assert at.astimezone(where).replace(tzinfo=None, fold=0) == wall
