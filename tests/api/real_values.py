"""Requests that were made at random, changed to name records that exist, so that they come through to the verbs."""

from functools import cached_property
from random import Random
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from rest_framework import serializers
from schemathesis import Case
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation

from accounts.models import User
from api.fields import IncidentField, PersonField, RecordIn
from api.operations.retrospectives.common import IncidentsIn, RecordFrom, RecordsIn
from api.registry import OPERATIONS, PARTS, Call, Operation
from api.running import load_parts
from incidents.models import Incident
from tests.api.generated import World, as_described

OFTEN = 0.8
"""How often what names a record names one that exists."""
SELDOM = {"If-Match", "If-None-Match", "cursor"}
"""With any value of these nothing else of a request is looked at."""
A_FEW = 8


def make_real(case: Case, world: World, given: set[str] = frozenset()) -> None:
    """Change parts of the address (but for those `given`) and values of the body and the query in place.

    What it changes depends on the case alone, so that one found can be repeated. What is wrong on purpose stays.
    """
    operation = next(one for one in OPERATIONS if one.name == case.operation.definition.raw["operationId"])
    random = Random(f"{case.path_parameters} {case.query} {case.body}")
    if _is_right(case, ParameterLocation.PATH) and (known := world.addresses(operation.path)):
        chosen = random.choice(known)
        if random.random() < OFTEN:
            case.path_parameters = as_described(chosen) | {name: case.path_parameters[name] for name in given}
    if _is_right(case, ParameterLocation.HEADER):
        case.headers = type(case.headers)(
            {
                name: value
                for name, value in case.headers.items()
                if name not in SELDOM or random.random() > OFTEN
            }
        )
    raw = {
        name: case.path_parameters[told]
        for name in operation.parts
        if (told := PARTS[name].described_name) in case.path_parameters
    }
    values = Values(world.admin, operation, raw, random)
    if _is_right(case, ParameterLocation.QUERY):
        query = {
            name: one for name, one in case.query.items() if name not in SELDOM or random.random() > OFTEN
        }
        case.query = values.within(operation.query, query)
    if operation.body and case.body is not NOT_SET:
        case.body = values.within(operation.body, case.body)


def _is_right(case: Case, location: ParameterLocation) -> bool:
    component = case.meta.components.get(location) if case.meta else None
    return component is None or component.mode.is_positive


class Values:
    """Real values for the fields of one request."""

    def __init__(self, user: User, operation: Operation, raw: dict[str, str], random: Random):
        self.user, self.operation, self.raw, self.random = user, operation, raw, random

    def within(self, said: type[serializers.Serializer] | None, value: Any) -> Any:
        return self._real(said(), value) if said else value

    @cached_property
    def call(self) -> Call | None:
        """With the records of the address, or None where it leads to none."""
        request: Any = SimpleNamespace(user=self.user, auth=None, headers={})
        call = Call(request, self.operation, {name: str(value) for name, value in self.raw.items()})
        try:
            load_parts(call)
        except (Http404, ObjectDoesNotExist):
            return None
        return call

    def _real(self, field: Any, value: Any) -> Any:
        if isinstance(value, dict):
            fields, child = getattr(field, "fields", {}), getattr(field, "child", None)
            return {name: self._real(fields.get(name, child), inner) for name, inner in value.items()}
        if isinstance(value, list):
            many = isinstance(field, RecordsIn | IncidentsIn)
            child = field if many else getattr(field, "child", getattr(field, "child_relation", None))
            return [self._real(child, inner) for inner in value]
        is_name = isinstance(value, str | int) and not isinstance(value, bool)
        if is_name and self.random.random() < OFTEN and (known := self._known(field)):
            return self.random.choice(known)
        return value

    def _known(self, field: Any) -> list[Any]:
        if isinstance(field, serializers.SlugRelatedField):
            return list(field.get_queryset().values_list(field.slug_field, flat=True)[:A_FEW])
        if isinstance(field, PersonField):
            return list(User.objects.active().values_list("email", flat=True)[:A_FEW])
        if isinstance(field, IncidentField | IncidentsIn):
            return [incident.reference for incident in Incident.objects.visible_to(self.user)[:A_FEW]]
        rows = self._rows(field)
        return [] if rows is None else list(rows.values_list("pk", flat=True)[:A_FEW])

    def _rows(self, field: Any) -> Any:
        if isinstance(field, serializers.PrimaryKeyRelatedField):
            return field.get_queryset()
        if isinstance(field, RecordIn | RecordFrom | RecordsIn) and self.call:
            return (
                field.rows_of(self.call[field.part]) if isinstance(field, RecordIn) else field.find(self.call)
            )
        return None
