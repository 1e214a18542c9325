"""Reads a recorded day: the whole file is checked before anything is driven; keys not known here are kept."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rest_framework import serializers

from replay.fields import Instant, Number, OptionalText, Text, YesNo, listed, maybe_instant

SCHEMA_VERSION = 1
MILESTONE_KEYS = {  # the file's names for the incident's milestones
    "introduced_at": "introduced_at",
    "started_at": "impact_started_at",
    "detected_at": "detected_at",
    "declared_at": "declared_at",
    "acknowledged_at": "acknowledged_at",
    "mitigated_at": "mitigated_at",
    "resolved_at": "resolved_at",
    "closed_at": "closed_at",
}


class Refused(Exception):  # noqa: N818 - says what is wrong with a file, to a person
    """The file cannot be replayed; each line names a path in it and what is wrong there."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__("\n".join(f"{path}: {message}" if path else message for path, message in problems))
        self.problems = problems


class Milestone(serializers.Serializer):
    at = maybe_instant()
    basis = OptionalText()
    note = OptionalText()


class Timestamps(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        names = [*MILESTONE_KEYS, "identified_at"]
        return {name: Milestone(required=False, allow_null=True, default=None) for name in names}


class ServiceEntry(serializers.Serializer):
    slug = serializers.RegexField(r"^[-\w]+\Z", max_length=100)
    name = Text(max_length=100)
    team = OptionalText(max_length=100)
    tier = Number(min_value=0, max_value=3, required=False, allow_null=True, default=2)
    depends_on = listed(Text())


class Person(serializers.Serializer):
    key = Text(max_length=60)
    placeholder = OptionalText(max_length=100)


class Catalogue(serializers.Serializer):
    teams = listed(Text(max_length=100))
    services = listed(ServiceEntry)
    people = listed(Person)


class SeverityStep(serializers.Serializer):
    at = maybe_instant()
    value = Text()
    note = OptionalText()


class RoleStep(serializers.Serializer):
    role = Text(max_length=40)
    person = Text()
    to = maybe_instant()

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {"from": maybe_instant()}  # a Python keyword


class Change(serializers.Serializer):
    kind = OptionalText()
    at = Instant()
    service = OptionalText()
    result = OptionalText()
    title = OptionalText()


class Alert(serializers.Serializer):
    at = Instant()
    source = OptionalText()  # type: ignore[assignment] # a field of the file, not DRF's attribute
    dedup_key = OptionalText()
    service = OptionalText()
    severity = OptionalText()
    title = Text()
    note = OptionalText()


class Event(serializers.Serializer):
    at = Instant()
    kind = Text()
    actor_role = OptionalText()
    text = Text()
    key = OptionalText()
    seq = Number(required=False, allow_null=True, default=None)


class HypothesisEntry(serializers.Serializer):
    text = Text()
    raised_at = maybe_instant()
    settled_at = maybe_instant()
    outcome = OptionalText()
    evidence = OptionalText()


class MitigationOption(serializers.Serializer):
    text = Text()
    outcome = OptionalText()
    reason = OptionalText()
    proposed_at = maybe_instant()
    executed_at = maybe_instant()


class Update(serializers.Serializer):
    at = Instant()
    state = OptionalText()
    impact = OptionalText()
    facts = listed(Text())


class Window(serializers.Serializer):
    to = maybe_instant()
    what = OptionalText()
    counts = YesNo(required=False, default=True)
    service = OptionalText()
    services = listed(Text())

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {"from": Instant()}  # a Python keyword


class Figure(serializers.Serializer):
    name = Text()
    value = serializers.JSONField(required=False, allow_null=True, default=None)
    unit = OptionalText()
    qualifier = OptionalText()


class Impact(serializers.Serializer):
    windows = listed(Window)
    numbers = listed(Figure)
    customer = OptionalText()


class RootCause(serializers.Serializer):
    text = Text()
    level = OptionalText()
    basis = OptionalText()


class FactorEntry(serializers.Serializer):
    text = Text()
    category = OptionalText()
    level = OptionalText()


class RetrospectivePart(serializers.Serializer):
    scope = OptionalText()
    facilitator_person = OptionalText()
    participants = listed(Text())
    five_whys = listed(Text())
    root_causes = listed(RootCause)
    contributing_factors = listed(FactorEntry)
    went_well = listed(Text())
    went_badly = listed(Text())
    surprises = listed(Text())
    information_gaps = listed(Text())


class ActionEntry(serializers.Serializer):
    key = OptionalText()
    title = Text()
    kind = OptionalText()
    priority = OptionalText()
    owner_team = OptionalText(max_length=100)
    owner_person = OptionalText()
    due = serializers.DateField(required=False, allow_null=True, default=None)
    status = OptionalText()
    verification = OptionalText()


class Day(serializers.Serializer):
    schema_version = Number(min_value=SCHEMA_VERSION, max_value=SCHEMA_VERSION)
    id = Text(max_length=200)
    title = Text()
    catalogue = Catalogue()
    timestamps = Timestamps()
    severity = SeverityStep(many=True, allow_empty=False)
    roles = listed(RoleStep)
    changes = listed(Change)
    alerts = listed(Alert)
    timeline = Event(many=True)
    hypotheses = listed(HypothesisEntry)
    mitigation_options = listed(MitigationOption)
    status_updates = listed(Update)
    impact = Impact(required=False, allow_null=True, default=None)
    retrospective = RetrospectivePart(required=False, allow_null=True, default=None)
    action_items = listed(ActionEntry)


def read_document(path: Path) -> Any:
    """The file's JSON as it stands. Raises Refused where there is no such file, or it is not JSON."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused([("", f"{path} cannot be read: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        raise Refused([("", f"{path} is not UTF-8 text.")]) from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused([("", f"{path} is not JSON: {error}.")]) from error


def parse_day(document: Any) -> dict[str, Any]:
    """The known fields of the document, times as UTC instants. Raises Refused naming every wrong path."""
    if not isinstance(document, dict):
        raise Refused([("", "A recorded day is one JSON object.")])
    if problems := list(_unstorable(document)):
        raise Refused(problems)
    serializer = Day(data=document)
    if not serializer.is_valid():
        raise Refused(list(_problems(serializer.errors)))
    return _without_nulls(serializer.validated_data)


def instant(day: dict[str, Any], name: str) -> datetime | None:
    """When the file says that `name` of its timestamps was; None where it does not say."""
    return (day["timestamps"].get(name) or {}).get("at")


def _unstorable(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """PostgreSQL's jsonb takes neither NUL nor half a surrogate pair."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _unstorable(key, path)
            yield from _unstorable(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, f"{path}[{index}]")
    elif isinstance(value, str) and any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in value):
        yield path, "This holds a character that cannot be stored."


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON value")


def _without_nulls(day: dict[str, Any]) -> dict[str, Any]:
    """Lists that were null or absent are empty lists, so that what follows need not ask."""
    for name in ("roles", "changes", "alerts", "hypotheses", "mitigation_options", "status_updates"):
        day[name] = day.get(name) or []
    for name in ("teams", "services", "people"):
        day["catalogue"][name] = day["catalogue"].get(name) or []
    day["impact"] = day.get("impact") or {"windows": [], "numbers": [], "customer": ""}
    day["impact"]["windows"] = day["impact"].get("windows") or []
    day["impact"]["numbers"] = day["impact"].get("numbers") or []
    day["retrospective"] = day.get("retrospective") or {}
    day["action_items"] = day.get("action_items") or []
    return day


def _problems(errors: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """DRF's nested errors as (path, message) pairs: `timeline[3].at`, `This field is required.`"""
    if isinstance(errors, dict):
        for key, value in errors.items():
            if key == "non_field_errors":
                where = path
            elif isinstance(key, int):
                where = f"{path}[{key}]"
            else:
                where = f"{path}.{key}" if path else str(key)
            yield from _problems(value, where)
    elif isinstance(errors, list):
        for index, value in enumerate(errors):
            if isinstance(value, dict):
                yield from _problems(value, f"{path}[{index}]")
            else:
                yield path, str(value)
    else:
        yield path, str(errors)
