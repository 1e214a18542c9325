"""Rows that come from elsewhere: from the incidents, from what is recorded around them, from other tools."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from api.fields import Body, body, choice, flag, moment, named, optional_text, text
from api.operations.retrospectives.common import RETROSPECTIVE, PersonOfIt
from api.operations.retrospectives.timeline import precision
from api.registry import Call, verb
from core.written_time import ORDER_CHOICES, ORDER_HELP
from incidents.models import Service
from retros import workflow
from retros.access import people_of
from retros.imports.lines import read_lines
from retros.imports.records import alerts_of, changes_around
from retros.imports.rows import LONGEST_TEXT, MOST_ROWS, Reading, Refused, Row, check, names_of, row_id
from retros.imports.slack import LARGEST_ZIP, Window, read_slack
from retros.imports.tables import LONGEST_FILE, read_csv, read_json
from retros.models.timeline import WRITTEN_KINDS
from retros.timeline import RetrospectiveTimeline
from timeline.models import Phase

TIMELINE = f"{RETROSPECTIVE}/timeline"
MOST_PASTED = 200_000
TOLD = 20  # lines that are refused


class EntriesImported(serializers.Serializer):
    """How many rows came in, follow what their incident says now, and were there already."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    known = serializers.IntegerField()


verb(
    "POST",
    f"{TIMELINE}/seeding",
    workflow.seed_timeline,
    name="seed_retrospective_timeline",
    answer=EntriesImported,
    summary="Copy key events of the incidents that are new since the last time.",
)

EntryRowBody = body(
    "EntryRowBody",
    occurred_at=moment(required=True),
    text=text(LONGEST_TEXT),
    source=optional_text(60, help_text="Where it is from. By default “api”."),
    source_id=optional_text(200, help_text="What it is called there: the same row comes in once."),
    kind=choice(list(WRITTEN_KINDS), required=False),
    detail=optional_text(10_000),
    actor=PersonOfIt(required=False, allow_null=True),
    system=optional_text(100),
    service=named(Service.objects.all(), required=False, allow_null=True),
    phase=choice([*Phase.values, ""], required=False),
    precision_seconds=precision(),
    known_at=moment(allow_null=True),
    is_recollection=flag(),
)


class BringRowsBody(Body):
    rows = serializers.ListField(child=EntryRowBody(), min_length=1, max_length=MOST_ROWS)

    def validate_rows(self, rows: list[dict[str, Any]]) -> list[Row]:
        now = timezone.now()
        refused: dict[str, Any] = {}
        for place, one in enumerate(rows):
            try:
                check(one["occurred_at"], one["text"], now)
            except Refused as refusal:
                refused[str(place)] = {"text": [str(refusal)]}
        if refused:
            raise serializers.ValidationError(refused)
        return [_row(one) for one in rows]


def _row(said: dict[str, Any]) -> Row:
    one = dict(said)
    actor, service = one.pop("actor", None), one.pop("service", None)
    one["source"] = one.get("source") or "api"
    one["source_id"] = one.get("source_id") or row_id(one["occurred_at"], one["text"])
    return Row(actor_id=actor and actor.pk, service_id=service and service.pk, **one)


verb(
    "POST",
    f"{TIMELINE}/rows",
    workflow.bring_rows,
    name="import_retrospective_entries",
    body=BringRowsBody,
    answer=EntriesImported,
    summary="Import rows from another tool. A row with the same source and source_id is imported once.",
)


LARGEST = {"csv": LONGEST_FILE, "json": LONGEST_FILE, "slack": LARGEST_ZIP}  # bytes
ORDERS = [order for order, _words in ORDER_CHOICES]


class RecordsBody(Body):
    which = choice(["alerts", "changes", "lines", *LARGEST])
    lines = optional_text(
        MOST_PASTED, help_text="Of lines: each begins with a time, such as “14:32 rolled back”."
    )
    day = serializers.DateField(required=False, help_text="Of lines: the day of times without a date.")
    file = serializers.FileField(
        required=False, help_text="Of csv, json and slack (a zip of its export), as multipart/form-data."
    )
    dates = choice(ORDERS, required=False, help_text=f"Of csv and json. {ORDER_HELP}")
    since = moment(help_text="Of slack: only messages from then on.")
    until = moment(help_text="Of slack: only messages up to then.")
    channel = optional_text(200, help_text="Of slack: only this channel.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        which = said["which"]
        if which == "lines" and not said.get("lines", "").strip():
            raise serializers.ValidationError({"lines": "Write some lines."})
        if which in LARGEST:
            self._check_file(said.get("file"), LARGEST[which])
        return said

    def _check_file(self, file: Any, largest: int) -> None:
        if file is None:
            raise serializers.ValidationError({"file": "Send a file."})
        if file.size > largest:
            raise serializers.ValidationError({"file": f"At most {largest // 1024 // 1024} MB."})


def _reading(call: Call) -> Reading:
    retrospective, which = call["retrospective"], call.data["which"]
    if which == "alerts":
        return alerts_of(retrospective)
    since, until = RetrospectiveTimeline(retrospective).span
    if which == "changes":
        return changes_around(retrospective, since=since, until=until, by=call.user)
    return _written(call, since, until)


def _written(call: Call, since: datetime, until: datetime) -> Reading:
    """What somebody has written or sent; names in it may be those of people on it."""
    said, zone, now = call.data, call.user.zone, timezone.now()
    people = names_of([(one.pk, one.name) for one in people_of(call["retrospective"])])
    if said["which"] == "lines":
        day = said.get("day") or since.astimezone(zone).date()
        return read_lines(said["lines"], zone=zone, day=day, now=now, people=people)
    content = said["file"].read()
    if said["which"] == "slack":
        window = Window(said.get("since") or since, said.get("until") or until, said.get("channel", ""))
        return read_slack(content, window=window, now=now, people=people)
    read = read_csv if said["which"] == "csv" else read_json
    return read(content, zone=zone, now=now, people=people, order=said.get("dates", ""))


def _bring_records(call: Call) -> Any:
    """What is written comes in as a whole or not at all."""
    where = "file" if call.data["which"] in LARGEST else "lines"
    try:
        reading = _reading(call)
    except Refused as refusal:
        raise serializers.ValidationError({where: str(refusal)}) from refusal
    if reading.refused:
        told = [f"Line {one.line}: {one.reason}" for one in reading.refused[:TOLD]]
        raise serializers.ValidationError({where: told})
    return workflow.bring_rows(retrospective=call["retrospective"], by=call.user, rows=reading.rows)


verb(
    "POST",
    f"{TIMELINE}/records",
    workflow.bring_rows,
    body=RecordsBody,
    answer=EntriesImported,
    run=_bring_records,
    name="import_retrospective_records",
    summary="Import records of the incidents (alerts, changes), lines, or a file of another tool.",
    takes_files=True,
)
