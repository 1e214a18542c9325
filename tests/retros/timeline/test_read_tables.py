"""Are CSV and JSON of other tools, and our own exports, read back?"""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retros.imports.rows import Refused
from retros.imports.tables import read_csv, read_json
from retros.workflow import bring_rows
from timeline.exports import as_csv, as_json
from timeline.workflow import write_event

BERLIN, NOW = ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC)


def csv(text, **more):
    return read_csv(text.encode(), zone=BERLIN, now=NOW, **more)


def test_columns_are_found_by_name_whatever_separates_them():
    reading = csv("Timestamp;Message;User\n2025-11-17 14:32;rolled back;Ana\n", people={"ana": 7})
    assert [(r.occurred_at.hour, r.text, r.actor_id) for r in reading.rows] == [(13, "rolled back", 7)]


def test_a_row_that_cannot_be_names_its_line():
    reading = csv(
        "time,text\n2025-11-17T10:00Z,fine\nyesterday,x\n2025-11-17,no time\n,none\n2027-01-01T00:00Z,later\n"
    )
    assert [r.text for r in reading.rows] == ["fine"]
    assert [(r.line, r.reason[:24]) for r in reading.refused] == [
        (3, "“yesterday” is no date a"), (4, "“2025-11-17” has no time"), (5, "It has no time."),
        (6, "It is in the future."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a,b\n1,2", "No column holds a time"),
        (b"time,b\n1,2", "No column holds a text"),
        (b'time,text\n"2025', "well-formed CSV"),
        (b"x" * (2 * 1024 * 1024 + 1), "At most 2 MB"),
    ],
)
def test_a_file_that_is_none_is_refused(content, why):
    with pytest.raises(Refused, match=why):
        read_csv(content, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"{", "well-formed JSON"), (b"3", "A list of rows"), (b"[" * 100_000, "well-formed JSON")],
)
def test_json_that_is_none_is_refused(content, why):
    with pytest.raises(Refused, match=why):
        read_json(content, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(
    ("when", "zone"),
    [("0001-01-01 00:00", "Europe/Berlin"), ("9999-12-31 23:59:59", "America/New_York"),
     ("0001-01-01 00:00+01:00", "UTC")],
)  # fmt: skip
def test_a_time_beyond_every_calendar_is_refused(when, zone):
    reading = read_csv(f"time,text\n{when},x\n".encode(), zone=ZoneInfo(zone), now=NOW)
    assert [(refusal.line, refusal.reason) for refusal in reading.refused] == [(2, "Check the year.")]


def test_what_no_text_may_hold_is_left_out(retrospective, commander):
    odd = {name: f"{name}\ud800\0 said" for name in ("text", "detail", "system", "actor")}
    content = json.dumps([odd | {"at": "2025-11-17T10:00Z"}, odd, {"at": "\ud800", "text": "x"}]).encode()
    reading = read_json(content, zone=BERLIN, now=NOW)
    (row,) = reading.rows
    assert (row.text, row.detail, row.system) == ("text said", "detail said", "system said")
    assert bring_rows(retrospective=retrospective, by=commander, rows=reading.rows).added == 1
    assert len(reading.refused) == 2
    assert str(reading.refused).encode()


def test_our_own_exports_come_back_as_they_were(incident, commander):
    at = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
    write_event(
        incident=incident,
        by=commander,
        text="=1+1 looked odd",
        occurred_at=at,
        detail="more",
        phase="detected",
    )
    people = {commander.name.casefold(): commander.pk}
    for export, read in ((as_csv, read_csv), (as_json, read_json)):
        reading = read(
            export(incident, BERLIN)[0].encode(), zone=BERLIN, now=datetime.now(UTC), people=people
        )
        row = next(r for r in reading.rows if "odd" in r.text)
        assert (row.occurred_at, row.text, row.detail, row.phase) == (
            at,
            "=1+1 looked odd",
            "more",
            "detected",
        )
        assert row.actor_id == commander.pk
        assert reading.refused == []


def test_the_same_row_has_the_same_name_from_either_format():
    from_csv = csv("time,text\n2025-11-17T10:00Z,rolled back\n").rows[0]
    (from_json,) = read_json(
        b'[{"at": "2025-11-17 11:00", "text": "Rolled  back"}]', zone=BERLIN, now=NOW
    ).rows
    assert from_csv.source_id == from_json.source_id


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20), lambda c: st.lists(c, max_size=4)
                    | st.dictionaries(st.sampled_from(["at", "time", "text", "kind", "events", "actor", "phase"]), c),
                    max_leaves=12))  # fmt: skip
def test_whatever_json_holds_is_read_or_refused(found):
    try:
        reading = read_json(json.dumps(found).encode(), zone=BERLIN, now=NOW)
    except Refused:
        return
    assert all(row.text.strip() for row in reading.rows)
