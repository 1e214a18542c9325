"""Operation × role × scope: nobody has access by a token that neither it nor its owner has."""

import json
from itertools import count

import pytest
from django.test import Client

from accounts.models import SCOPES
from accounts.workflow import create_token
from api.registry import OPERATIONS, PARTS
from incidents.models import Incident

CANARY = b"Zephyrquartz"
WITH_SCOPE = [operation for operation in OPERATIONS if operation.scope]
IN_INCIDENTS = [operation for operation in OPERATIONS if operation.parts[:1] == ["incident"]]
NAMES = count(1)
NOBODY = "999999999"


def _address(operation, reference: str = NOBODY) -> str:
    path = operation.path
    for name in operation.parts:
        path = path.replace(f"{{{name}}}", reference if name == "incident" else NOBODY, 1)
    return f"/api/v1/{path}"


def _ask(operation, address: str, token: str):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    send = getattr(Client(), operation.method.lower())
    sent = {} if operation.method == "GET" else {"data": json.dumps({}), "content_type": "application/json"}
    return send(address, headers=headers, **sent)


def _token(person, scopes, *, private: bool = False) -> str:
    return create_token(by=person, name=f"t{next(NAMES)}", scopes=scopes, reaches_private=private)[1]


def test_there_are_operations():
    assert len(OPERATIONS) > 80
    assert len(WITH_SCOPE) > 80
    assert len(IN_INCIDENTS) > 40
    assert {operation.scope for operation in WITH_SCOPE} <= set(SCOPES)


def test_every_part_is_known():
    assert {name for operation in OPERATIONS for name in operation.parts} <= set(PARTS)


@pytest.mark.parametrize("token", ["", "alc_" + "0" * 32])
def test_without_a_token_that_works_nothing_opens(db, token, settings):
    settings.API_RATE_UNKNOWN = "100000 per minute"
    opened = [
        operation.name
        for operation in OPERATIONS
        if _ask(operation, _address(operation), token).status_code != 401
    ]
    assert opened == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_its_own_operations_only(admin, scope, settings):
    """By an administrator's token, so that only the scope keeps it out."""
    settings.API_RATE = "100000 per minute"
    token = _token(admin, [scope])
    for operation in WITH_SCOPE:
        refused = _ask(operation, _address(operation), token)
        covered = operation.scope in (scope, scope.replace(":write", ":read"))
        lacks = b"lacks the scope" in refused.content
        assert lacks is not covered, f"{scope}: {operation.name} answered {refused.status_code}"


@pytest.mark.parametrize("role", ["outsider", "stakeholder", "admin", "commander"])
def test_a_private_incident_is_nowhere(role, request, private_incident, settings):
    """For the commander too, by a token made without “private”."""
    settings.API_RATE = "100000 per minute"
    person = request.getfixturevalue(role)
    scopes = [s for s in SCOPES if s != "admin" or person.is_administrator]
    token = _token(person, scopes, private=role != "commander")
    before = Incident.objects.values().get(pk=private_incident.pk)
    for operation in IN_INCIDENTS:
        answer = _ask(operation, _address(operation, private_incident.reference), token)
        assert answer.status_code == 404, f"{operation.name} answered {answer.status_code}"
        assert CANARY not in answer.content
    assert Incident.objects.values().get(pk=private_incident.pk) == before
