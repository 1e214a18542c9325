"""The schemas of the OpenAPI description as generated clients need them: named, and saying what is always there."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes

from api.authentication import SignedInAuthentication, TokenAuthentication
from api.choices import CHOICES, NAMES, values_of
from api.fields import Body
from api.registry import PARTS
from api.shapes.base import Shape, Telling
from api.shapes.catalogue import Name

PREFIX = "#/components/schemas/"
SENT = "Request"
"""How drf-spectacular ends the name of what a request says; that of a PATCH begins with “Patched”."""
WITH_OPTIONAL_FIELDS = {"Problem"}
"""Answers that leave out what there is nothing to say about."""
OF_A_SCHEMA = {"type", "enum", "allOf", "anyOf", "oneOf", "$ref", "readOnly"}
OF_NO_INTEREST = ("readOnly", "title", "x-spec-enum-id")
"""What is only answered is never sent. Titles are labels of the pages, which generators take for names of types."""


class KeyedSchema(OpenApiSerializerFieldExtension):
    """An object whose keys are known has a field for each of them."""

    target_class = "api.fields.ByKey"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        one = auto_schema._map_serializer_field(self.target.child, direction)
        auto_schema._insert_field_validators(self.target.child, one)
        closed = {"additionalProperties": False} if direction == "request" else {}
        return {"type": "object", "properties": dict.fromkeys(self.target.keys, one), **closed}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "alc_…",
            "description": "An API token, made under Settings, API tokens.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = SignedInAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return []  # for the page that tries the API; not offered to clients


def not_described() -> list[type]:
    """A setting of drf-spectacular: classes whose docstrings are about our code, and not about what is sent."""
    return [*get_lib_doc_excludes(), Body, Telling, Shape, Name]


def settle_components(result: dict[str, Any]) -> None:
    """Change the description in place."""
    _name_parts(result)
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if "properties" not in schema:
            continue
        if name.endswith(SENT):
            schema["additionalProperties"] = False
        elif name not in WITH_OPTIONAL_FIELDS:
            schema["required"] = list(schema["properties"])
    for schema in _schemas(result):
        _name_choices(schema)
        for word in OF_NO_INTEREST:
            schema.pop(word, None)
        if schema.keys() == {"allOf"} and len(schema["allOf"]) == 1:
            schema |= schema.pop("allOf")[0]
    for name in sorted(_named_in(result) & CHOICES.keys()):
        values = values_of(CHOICES[name])
        kind = "string" if isinstance(values[0], str) else "integer"
        schemas[name] = {"type": kind, "enum": values}
    _rename(result)


def _name_parts(result: dict[str, Any]) -> None:
    """Parts of addresses by what they are: a program does not care that we load it in another way."""
    called = {part.name: part.called for part in PARTS.values() if part.called}
    paths = {}
    for path, operations in result["paths"].items():
        names = {name: new for name, new in called.items() if f"{{{name}}}" in path}
        for name, new in names.items():
            path = path.replace(f"{{{name}}}", f"{{{new}}}")
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["name"] = names.get(parameter["name"], parameter["name"])
        paths[path] = operations
    result["paths"] = paths


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema below a part of the description."""
    if isinstance(value, list):
        for one in value:
            yield from _schemas(one)
    elif isinstance(value, dict):
        holds_fields = isinstance(value.get("type"), dict)  # one of them is called “type”
        if value.keys() & OF_A_SCHEMA and not holds_fields:
            yield value
        for inner in list(value.values()):
            yield from _schemas(inner)


def _name_choices(schema: dict[str, Any]) -> None:
    """Put the name of the choices in place of them. Empty and null stay beside it."""
    found: list[Any] = schema.get("enum", [])
    name = NAMES.get(frozenset(found) - {"", None})
    if name is None:
        return
    ways: list[dict[str, Any]] = [{"$ref": f"{PREFIX}{name}"}]
    ways += [{"type": "string", "const": ""}] if "" in found else []
    ways += [{"type": "null"}] if None in found or "null" in schema["type"] else []
    about = {word: schema[word] for word in ("description", "default") if word in schema}
    schema.clear()
    if len(ways) > 1:
        schema.update(oneOf=ways, **about)
    elif about:
        schema.update(allOf=ways, **about)
    else:
        schema.update(ways[0])


def _named_in(value: Any) -> set[str]:
    return {one["$ref"].removeprefix(PREFIX) for one in _schemas(value) if isinstance(one.get("$ref"), str)}


def _rename(result: dict[str, Any]) -> None:
    """Under the field's own words: `Incident`, not `IncidentShape`; `DeclareBody`, not `…BodyRequest`."""
    schemas = result["components"]["schemas"]
    wanted = {
        name: re.sub(r"(?<=.)Shape", "", name).removeprefix("Patched").removesuffix(SENT) for name in schemas
    }
    taken = Counter(wanted.values())
    names = {name: new if taken[new] == 1 else name for name, new in wanted.items()}
    result["components"]["schemas"] = dict(sorted((names[name], schema) for name, schema in schemas.items()))
    for schema in _schemas(result):
        if isinstance(reference := schema.get("$ref"), str):
            name = reference.removeprefix(PREFIX)
            schema["$ref"] = PREFIX + names.get(name, name)
