"""Operation × role: does everybody get through where the table says so, and nowhere else?

By tokens of every scope, so that only the person's own access decides; tests/api/test_access_table.py asks the scopes.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounts.models import SCOPES, ApiToken, User
from accounts.workflow import create_token
from api.fields import PersonField
from api.reference import entries
from api.registry import OPERATIONS, Operation
from incidents.workflow import declare_incident
from tests.access_table import ADMIN, COMMANDER, OUTSIDER, RESPONDER, STAKEHOLDER
from tests.api.access_in_incidents import AROUND, INCIDENTS
from tests.api.access_in_retrospectives import RETROSPECTIVES
from tests.api.access_in_settings import SETTINGS
from tests.api.address_records import value
from tests.api.generated import filled
from tests.api.operation_access import Gate
from tests.api.real_values import Values

ROLES = (STAKEHOLDER, RESPONDER, OUTSIDER, COMMANDER, ADMIN)
TABLES = (INCIDENTS, AROUND, RETROSPECTIVES, SETTINGS)
TABLE: dict[str, Gate] = {name: gate for table in TABLES for name, gate in table.items()}
ELSEWHERE = {"stream_events": "another server answers it: tests/live/test_event_stream.py"}
ASKED = [one for one in OPERATIONS if one.name not in ELSEWHERE]
REFUSED_VALUES = {400, 409, 412, 415, 422}
"""Refusals of a request, not of a person."""


@cache
def example_of(operation: str) -> Any:
    """The body that the docs show."""
    return json.loads(next(entry.example for entry in entries() if entry.name == operation))


class First(Random):
    """Always the first of the records there are."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Any) -> Any:
        return seq[0]


class Named(Values):
    """People by their ids: stakeholders name nobody else by an address."""

    def _known(self, field: Any) -> list[Any]:
        if isinstance(field, PersonField):
            return [User.objects.administrators().get().pk]
        return super()._known(field)


@pytest.fixture
def world(commander, responder, stakeholder, outsider, admin, incident, severity, settings, tmp_path):
    settings.API_RATE = "1000000 per minute"
    settings.MEDIA_ROOT = settings.DATA_DIR = tmp_path
    made = SimpleNamespace(
        commander=commander,
        responder=responder,
        stakeholder=stakeholder,
        outsider=outsider,
        admin=admin,
        incident=incident,
        older=declare_incident(by=commander, title="Search was down", severity=severity(3)),
        addresses={},
        client=Client(),
    )
    made.tokens = {role: token_of_every_scope(getattr(made, role)) for role in ROLES}
    return made


def token_of_every_scope(person: Any) -> str:
    """Also “admin”, as a token has it whose owner is no administrator any more."""
    token, text = create_token(by=person, name="all", scopes=["incidents:read"], reaches_private=True)
    ApiToken.objects.filter(pk=token.pk).update(scopes=list(SCOPES))
    return text


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Asking:
    """One operation, at the address of real records, with a body that can be used."""

    def __init__(self, operation: Operation, world: Any):
        self.operation, self.world, self.gate = operation, world, TABLE[operation.name]
        known = {name: value(name, world) for name in operation.parts}
        known |= {name: str(find(world)) for name, find in self.gate.at.items()}
        self.address = f"/api/v1/{filled(operation.path, known)}{self.gate.query}"
        self.body = self._body(known)

    def _body(self, known: dict[str, str]) -> Any:
        if self.gate.body is not None:
            return self.gate.body(self.world) if callable(self.gate.body) else self.gate.body
        if self.operation.body is None or self.operation.takes_files:
            return None
        values = Named(self.world.admin, self.operation, known, First())
        return values.within(self.operation.body, deepcopy(example_of(self.operation.name)))

    def _sent(self) -> dict[str, Any]:
        if self.operation.method == "GET":
            return {}
        if self.gate.form:
            files = {
                name: SimpleUploadedFile("h.csv", one) if isinstance(one, bytes) else one
                for name, one in self.gate.form.items()
            }
            return {"data": files}
        data = "" if self.body is None else json.dumps(self.body)
        return {"data": data, "content_type": "application/json"}

    def ask(self, role: str) -> Any:
        headers = {"Authorization": f"Bearer {self.world.tokens[role]}"}
        with taken_back():
            send = getattr(self.world.client, self.operation.method.lower())
            answer = send(self.address, headers=headers, **self._sent())
            if answer.streaming:  # before the rollback: it may still need its rows
                for _piece in answer.streaming_content:
                    pass
        return answer


def outcome(status: int) -> str:
    if status < 300:
        return "done"
    if status in REFUSED_VALUES:
        return "not now"
    return {403: "forbidden", 404: "missing"}.get(status, str(status))


def expected(gate: Gate, role: str) -> set[str]:
    if role in gate.through:
        return {"done", "not now"}
    return {"missing"} if role in gate.missing or gate.hides else {"forbidden"}


def test_every_operation_is_in_one_table():
    assert sum(map(len, TABLES)) == len(TABLE), "no operation stands in two tables"
    assert set(TABLE) == {one.name for one in ASKED}


@pytest.mark.parametrize("table", TABLES, ids=("incidents", "around", "retrospectives", "settings"))
def test_who_gets_through(table, world):
    operations = [one for one in ASKED if one.name in table]
    for name in {name for operation in operations for name in operation.parts}:
        value(name, world)
    found = []
    for operation in operations:
        with taken_back():
            asking = Asking(operation, world)
            answers = {role: asking.ask(role) for role in ROLES}
        told = {role: outcome(answer.status_code) for role, answer in answers.items()}
        for role in ROLES:
            if told[role] not in expected(asking.gate, role):
                found.append(f"{operation.name} as {role}: {answers[role].status_code}")
        # A refusal of the state shows nothing where nobody is refused as a person before it.
        is_shown = {"done", "forbidden"} & set(told.values())
        if not is_shown and not asking.gate.never_done:
            found.append(f"{operation.name} is never done: {answers[COMMANDER].content!r}")
    assert found == [], "\n".join(found)
