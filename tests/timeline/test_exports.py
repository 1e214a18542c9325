"""Can the timeline be taken along, whole and harmless, with both times?"""

import csv
import io
import json

import pytest

from timeline.workflow import attach_evidence, remove_event, write_event


@pytest.fixture
def reader(client, commander, incident):
    commander.time_zone = "Europe/Berlin"
    commander.save()
    client.force_login(commander)
    return lambda form: client.get(f"{incident.get_absolute_url()}timeline.{form}")


def test_json_has_every_standing_row_and_its_evidence(reader, commander, incident):
    attach_evidence(incident=incident, by=commander, kind="log", title="Log", body="line 1")
    gone = write_event(incident=incident, by=commander, text="mistaken")
    remove_event(event=gone, by=commander)
    document = json.loads(reader("json").content)
    assert document["reference"] == incident.reference
    assert len(document["events"]) == incident.timeline.standing().count()
    assert [e["title"] for row in document["events"] for e in row["evidence"]] == ["Log"]
    assert "mistaken" not in json.dumps(document)
    assert document["events"][0]["occurred_at_utc"].endswith("Z")
    assert (
        "+01:00" in document["events"][0]["occurred_at_local"]
        or "+02:00" in document["events"][0]["occurred_at_local"]
    )


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@x", "\tx"])
def test_csv_cells_are_no_formulas(reader, commander, incident, text):
    write_event(incident=incident, by=commander, text="x", detail="y")
    incident.timeline.filter(text="x").update(text=text)
    rows = list(csv.DictReader(io.StringIO(reader("csv").content.decode())))
    assert f"'{text}" in [row["text"] for row in rows]


def test_markdown_renders_as_the_words_themselves(reader, commander, incident):
    write_event(incident=incident, by=commander, text="*not bold* <b>x</b> [a](javascript:b)")
    text = reader("md").content.decode()
    assert r"\*not bold\* \<b\>x\</b\> \[a\](javascript:b)" in text


def test_an_outsider_gets_nothing_of_a_private_one(client, outsider, private_incident):
    client.force_login(outsider)
    for form in ("json", "csv", "md"):
        assert client.get(f"{private_incident.get_absolute_url()}timeline.{form}").status_code == 404
