"""Does every broken file give a clear report, and leave everything as it was?"""

import gzip
import io
import json
import zipfile

import pytest

from history.models import Import, ImportState, RefusedEntry
from incidents.models import Incident, Service
from tests.history.conftest import line, stored

pytestmark = pytest.mark.django_db
GOOD = json.dumps(line()) + "\n"


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.jsonl", b"0" * 10_000_000)
    return buffer.getvalue()


WHOLLY_BROKEN = {
    "truncated": (GOOD * 3 + GOOD[:80], "jsonl", "cut off: line 4"),
    "truncated array": (json.dumps([line(1), line(2)])[:-30], "statuspage", "broken or cut off at entry 2"),
    "truncated before an entry": (json.dumps([{"id": "x"}])[:-1], "statuspage", "cut off"),
    "latin 1": (json.dumps(line(title="Größe"), ensure_ascii=False).encode("latin-1"), "jsonl", "not UTF-8: byte 0xf6 on line 1"),
    "utf-16": (GOOD.encode("utf-16"), "jsonl", "UTF-16. Save it as UTF-8"),
    "cut within a character": ("ä".encode()[:1], "jsonl", "in the middle of a character"),
    "empty": (b"", "jsonl", "empty"),
    "white space": (b"  \n\n ", "jsonl", "empty"),
    "gzip": (gzip.compress(b"0" * 10_000_000), "jsonl", "gzip archive. Unpack it first"),
    "zip": (zipped(), "statuspage", "zip archive. Unpack it first"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "statuspage", "not a text file"),
    "prose": (b"Dear all,\n", "statuspage", "not JSON"),
    "no list": (b'{"page": {"id": "x"}}', "statuspage", "no list under “incidents”"),
    "nested a million deep": (b"[" * 1_000_000, "statuspage", "nested too deeply"),
    "one endless line": (b'{"id": "' + b"x" * 9_000_000, "jsonl", "longer than"),
    "open quotation mark": (b'id,title,start\n1,"Never closed,2024-01-01T00:00:00Z\n', "csv", "never closed"),
    "two columns of one name": (b"id,id,title\n1,2,x\n", "csv", "Two columns are called “id”"),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLLY_BROKEN)
def test_broken_file_is_refused_whole(written, imported, name):
    content, form, told = WHOLLY_BROKEN[name]
    before = stored()
    report = imported(written(content), form)
    assert isinstance(report, str), report
    assert told in report
    assert "Nothing was imported" in report
    assert stored() == before
    assert not Service.objects.exists()


BROKEN_ENTRIES = {
    "no JSON": ("{no}", "not JSON"),
    "a list": ("[1]", "not an object"),
    "no id": (line(9, id=None), "no id"),
    "no title": (line(9, title=" "), "no title"),
    "no start": (line(9, started_at=None), "no started_at"),
    "no zone": (line(9, started_at="2024-03-01T10:00:00"), "no time zone"),
    "no time": (line(9, started_at="yesterday"), "no date and time"),
    "a number as time": (line(9, started_at=17092872), "no date and time"),
    "the future": (line(9, resolved_at="2999-01-01T00:00:00Z"), "is in the future"),
    "out of range": (line(9, started_at="0001-01-01T00:00:00+14:00"), "Check the year"),
    "before 1970": (line(9, started_at="1066-10-14T09:00:00Z"), "before 1970"),
    "resolved before it began": (line(9, resolved_at="2024-03-01T09:59:00Z"), "resolved before it begins"),
    "updates of another kind": (line(9, updates="none"), "updates is not a list"),
    "an update without a time": (line(9, updates=[{"message": "x"}]), "no time at an update"),
    "an endless text": (line(9, updates=[{"at": "2024-03-01T10:05:00Z", "message": "x" * 200_000}]), "too long"),
    "not a number": (GOOD.strip()[:-1] + ', "n": NaN}', "not JSON"),
    "too many digits": (GOOD.strip()[:-1] + ', "n": ' + "9" * 5000 + "}", "not JSON"),
    "half a character as status": (GOOD.strip()[:-1] + ', "updates": [{"at": "\\ud800 \\u0000"}]}', "no date and time"),
    "half a character in our own": ('{"allclear": 1, "id": "x", "title": "\\ud800"}', "cannot be stored"),
    "NUL in our own": ('{"allclear": 1, "id": "x", "title": "\\u0000"}', "cannot be stored"),
    "nothing of our own": ('{"allclear": 1, "id": "x"}', "unknown kind"),
    "an incident that is none": ('{"allclear": 1, "id": "x", "incident": null}', "not an object"),
    "nested": (GOOD.strip()[:-1] + ', "n": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_ENTRIES)
def test_broken_entry_is_refused_alone_with_line_and_reason(written, imported, name):
    entry, told = BROKEN_ENTRIES[name]
    bad = entry if isinstance(entry, str) else json.dumps(entry)
    report = imported(written(GOOD + bad + "\n" + json.dumps(line(2)) + "\n"))
    assert (report["imported"], report["refused"]) == (2, 1), report
    assert report["rows_refused"][0]["place"] == 2
    assert told in report["rows_refused"][0]["reason"]


def test_one_id_with_two_contents_takes_neither(written, imported):
    report = imported(written([line(1), line(2), line(1, title="Something else")]))
    assert (report["imported"], report["refused"]) == (1, 2)
    assert [row["place"] for row in report["rows_refused"]] == [1, 3]
    assert "different content" in report["rows_refused"][0]["reason"]
    assert Incident.objects.get().title == "Search is slow 2"


def test_the_same_line_twice_is_one_incident(written, imported):
    report = imported(written([line(1), line(1)]))
    assert (report["imported"], report["known"], report["refused"]) == (1, 1, 0)


def test_what_only_the_database_refuses_takes_no_neighbour_along(written, imported):
    """A number of the installation's own that is taken already."""
    Incident.objects.create(number=900, title="In the way", severity_id=_any_severity(), source_id="jsonl:p2")
    report = imported(written([line(1), line(2), line(3)]))
    assert (report["imported"], report["refused"]) == (2, 1)
    assert "the database refuses it" in RefusedEntry.objects.get().reason
    assert sorted(Incident.objects.exclude(number=900).values_list("number", flat=True)) == [1, 2]


def _any_severity() -> int:
    from incidents.models import Severity

    return Severity.objects.first().pk


def test_file_past_the_limit_is_not_even_opened(written, imported, settings):
    settings.IMPORT_MAX_BYTES = 1000
    report = imported(written(GOOD * 10))
    assert "the limit is 1,000" in report
    assert not Incident.objects.exists()


def test_unknown_word_for_how_bad_it_was_asks_first(written, imported):
    report = imported(written([line(1, impact="apocalyptic"), line(2)]))
    assert "apocalyptic" in report
    assert "Nothing was imported" in report
    assert not Incident.objects.exists()
    report = imported(written([line(1, impact="apocalyptic"), line(2)]), severity=["apocalyptic=SEV1"])
    assert report["imported"] == 2


def test_check_reads_and_stores_nothing(written, imported):
    before = stored()
    report = imported(written([line(1), line(2, title="")]), check=True)
    assert (report["imported"], report["refused"], report["summary"]["incidents"]) == (0, 1, 1)
    assert stored() == before
    assert Import.objects.get().state == ImportState.DROPPED
