"""The fields of an event as JSON Schema (draft 2020-12)."""

from dataclasses import MISSING, fields
from datetime import date, datetime
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from events.event import Event

PLAIN: dict[Any, dict[str, Any]] = {
    int: {"type": "integer"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
    Any: {},
}


def schema_of(event: type[Event]) -> dict[str, Any]:
    """What `data` of this event holds."""
    kinds, told = get_type_hints(event), event.public_fields()
    needed = [field.name for field in fields(event) if field.name in told and field.default is MISSING]
    return {
        "type": "object",
        "title": event.name,
        "description": (event.__doc__ or "").strip(),
        "properties": {name: _schema(kinds[name]) for name in told},
        "required": needed,
    }


def _schema(kind: Any) -> dict[str, Any]:
    if kind in PLAIN:
        return PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is list:
        return {"type": "array", "items": _schema(inner[0])}
    if origin is dict:
        return {"type": "object"}
    if origin is UnionType:
        return {"anyOf": [_schema(one) for one in inner]}
    raise TypeError(f"An event cannot hold {kind}.")
