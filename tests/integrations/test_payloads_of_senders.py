"""What recorded payloads of real senders say, as payloads_of_senders.tsv has it: one row an alert, a change or a note."""

import csv
import json
from collections import defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from alerts.observed import Changed, Observed, Parsed
from integrations.senders import SENDERS, UnreadableError, load

PAYLOADS = Path(settings.BASE_DIR).parent / "shared" / "data" / "payloads"
TABLE = Path(__file__).with_name("payloads_of_senders.tsv")
OF_NO_SENDER = ("slack", "slack_status_api", "telegram")
NOT_JSON = ("slack_export",)
COLUMNS = (
    "what", "key", "state", "title", "severity", "service", "source", "group", "at", "started_at", "links",
)  # fmt: skip
Row = dict[str, str]

load()


@cache
def _table() -> dict[str, list[Row]]:
    by_file = defaultdict(list)
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            by_file[row["file"]].append(row)
    return dict(by_file)


def _manifest() -> list[str]:
    if not PAYLOADS.exists():
        pytest.skip(f"the recorded payloads are not beside the checkout ({PAYLOADS})")
    return [line.split("\t")[0] for line in (PAYLOADS / "MANIFEST.tsv").read_text().splitlines()[1:]]


def _parts(file: str) -> dict[str, tuple[Any, dict[str, str]]]:
    """The requests in a file: a body alone, one with its headers, several, or templates with a name each."""
    content = json.loads((PAYLOADS / file).read_text(encoding="utf-8"))
    if file.startswith("client_recorded/"):
        return {str(number): (one["body"], one["headers"]) for number, one in enumerate(content, 1)}
    if isinstance(content, dict) and "answered" in content:
        return {"": (content["body"], content["headers"])}
    if "keep_mock" in file and all("payload" in one for one in content.values() if isinstance(one, dict)):
        templates = {name: one for name, one in content.items() if isinstance(one, dict)}
        if templates:
            return {name: (one["payload"], {}) for name, one in templates.items()}
    return {"": (content, {})}


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _row_of_alert(one: Observed) -> Row:
    links = " ".join(f"{link.label}: {link.url}" for link in one.links)
    values = (
        "alert", one.dedup_key, one.state, one.title, one.severity, one.service, one.source, one.group_key,
        _time(one.at), _time(one.started_at), links,
    )  # fmt: skip
    return dict(zip(COLUMNS, map(str, values), strict=True))


def _row_of_change(one: Changed) -> Row:
    values = (
        "change", one.key, one.kind, one.title, "", one.service, one.source, "", _time(one.at), "", one.url,
    )  # fmt: skip
    return dict(zip(COLUMNS, map(str, values), strict=True))


def _rows(kind: str, body: Any, headers: dict[str, str]) -> list[Row]:
    empty = dict.fromkeys(COLUMNS, "")
    try:
        parsed = SENDERS[kind].parse(body, headers, {})
    except UnreadableError as fault:
        return [empty | {"what": "unreadable", "title": str(fault)}]
    assert isinstance(parsed, Parsed)
    rows = [_row_of_alert(one) for one in parsed.alerts] + [_row_of_change(one) for one in parsed.changes]
    rows += [
        empty | {"what": "closed", "group": group, "at": _time(parsed.at)} for group in parsed.closed_groups
    ]
    return rows + ([empty | {"what": "note", "title": parsed.note}] if parsed.note else [])


@pytest.mark.parametrize("file", sorted(_table()))
def test_payload_says_what_the_table_has(file: str) -> None:
    if not PAYLOADS.exists():
        pytest.skip(f"the recorded payloads are not beside the checkout ({PAYLOADS})")
    wanted = _table()[file]
    found = [
        {"part": part} | row
        for part, (body, headers) in _parts(file).items()
        for row in _rows(wanted[0]["sender"], body, headers)
    ]
    assert found == [{name: row[name] for name in ("part", *COLUMNS)} for row in wanted]


def test_table_has_every_payload_of_a_sender() -> None:
    known = {file for file in _manifest() if file.split("/")[0] not in (*OF_NO_SENDER, *NOT_JSON)}
    assert known == set(_table())


@pytest.mark.parametrize("kind", sorted(SENDERS))
def test_payloads_of_no_sender_are_refused_with_a_reason_or_noted(kind: str) -> None:
    foreign = [file for file in _manifest() if file.split("/")[0] in OF_NO_SENDER]
    assert foreign
    for file in foreign:
        body = json.loads((PAYLOADS / file).read_text(encoding="utf-8"))
        for row in _rows(kind, body, {}):
            assert row["title"] or row["key"] or row["what"] == "closed", file


@pytest.mark.parametrize("kind", sorted(SENDERS))
def test_payloads_of_other_senders_break_no_parser(kind: str) -> None:
    for file in _manifest():
        if file.split("/")[0] not in (*OF_NO_SENDER, *NOT_JSON):
            for body, headers in _parts(file).values():
                assert _rows(kind, body, headers) is not None
