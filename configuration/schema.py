"""A JSON Schema of configurations, for editors: made of what the API says of its own bodies."""

import json
from typing import Any

from api.openapi import openapi_schema
from configuration.kinds import (
    CHANNELS,
    CHOICES,
    COMPONENTS,
    GROUPS,
    KINDS,
    STATUS_PAGES,
    TOP,
    WITH_SECRET,
    Kind,
)

PREFIX = "#/components/schemas/"
TEXT = {"type": "string", "minLength": 1}
OWN: dict[tuple[str, str], dict[str, Any]] = {
    (COMPONENTS, "group"): {"type": ["string", "null"], "description": "The name of a group of the page."},
    (CHANNELS, "url"): {
        "type": "string",
        "pattern": r"^\$\{(env|file):[^${}]+\}$",
        "description": "${env:NAME} or ${file:PATH}: an address is a secret.",
    },
    **{
        (name, "secret"): {
            "type": "string",
            "pattern": r"^\$\{(env|file):[^${}]+\}$",
            "description": "${env:NAME} or ${file:PATH}: the token or password is a secret.",
        }
        for name in WITH_SECRET
    },
}
"""What a configuration writes otherwise than a request."""


def configuration_schema() -> dict[str, Any]:
    known = openapi_schema()["components"]["schemas"]
    kinds = {name: _list(KINDS[name], known) for name in TOP}
    pages = kinds[STATUS_PAGES]["items"]["properties"]
    for name in (GROUPS, COMPONENTS):
        pages[name] = _list(KINDS[name], known)
    written = json.dumps(kinds)
    used: dict[str, Any] = {}
    while missing := [n for n in known if f'"{PREFIX}{n}"' in written + json.dumps(used) and n not in used]:
        used |= {name: known[name] for name in missing}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Allclear configuration",
        "type": "object",
        "additionalProperties": False,
        "properties": kinds,
        "$defs": used,
    }
    return dict(json.loads(json.dumps(schema).replace(PREFIX, "#/$defs/")))


def _list(kind: Kind, known: dict[str, Any]) -> dict[str, Any]:
    names = [kind.add, kind.edit, *([kind.also[0]] if kind.also else [])]
    said = [_properties(name, known) for name in names]
    fields = {name: _field(kind, name, said) for name in kind.fields}
    entry = {"type": "object", "additionalProperties": False, "properties": fields}
    ways = [{"required": [n for n in names if n != kind.parent and n in kind.needed]} for names in kind.keys]
    return {"type": ["array", "null"], "items": entry | ({"anyOf": ways} if len(ways) > 1 else ways[0])}


def _properties(operation: str, known: dict[str, Any]) -> dict[str, Any]:
    """Of the body, which is named after the operation."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    return dict(known[f"{name}Body"]["properties"])


def _field(kind: Kind, name: str, said: list[dict[str, Any]]) -> dict[str, Any]:
    if own := OWN.get((kind.name, name)):
        return own
    if choices := CHOICES.get(kind.name, {}).get(name):
        return {"enum": choices}
    return next((dict(fields[name]) for fields in said if name in fields), TEXT)
