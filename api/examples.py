"""Examples for the page of the API, made from the description: values, request bodies, commands."""

import json
import re
import shlex
from typing import Any

from django.conf import settings

DEEPEST = 4  # of nested objects
BY_FORMAT = {
    "decimal": "1.5",
    "date-time": "2026-03-10T13:04:00Z",
    "date": "2026-03-10",
    "email": "ana@example.org",
    "uri": "https://example.org/",
    "uuid": "5f0c1c1e-7f58-4d0a-9a6e-2f6f3f6c3b11",
    "binary": "file",
}
BY_NAME = {
    "title": "Card payments fail at checkout",
    "summary": "About a third of card payments fail.",
    "text": "Rolled back to the last release.",
    "severity": "SEV2",
    "service": "checkout",
    "services": "checkout",
    "name": "Deploy pipeline",
    "person": "ana@example.org",
    "owner": "ana@example.org",
    "url": "https://example.org/",
}
COMMANDS = {
    "declare_incident": 'allclear declare "Card payments fail at checkout" --severity SEV2 --service checkout',
    "list_incidents": "allclear list",
    "get_incident": "allclear show INC-14",
    "list_incident_roles": "allclear who INC-14",
    "add_timeline_event": 'allclear note INC-14 "The connection pool is exhausted"',
    "list_timeline_events": "allclear timeline INC-14",
    "export_timeline": "allclear export INC-14 --format markdown",
    "post_status_update": 'allclear update INC-14 "4 in 10 payments fail." --unknown "Why." --next 30m',
    "post_no_change": "allclear update INC-14 --no-change",
    "mitigate_incident": 'allclear mitigate INC-14 "Rolled back to 4.1"',
    "resolve_incident": "allclear resolve INC-14",
    "close_incident": "allclear close INC-14",
    "record_change": 'allclear change "Release 4.2" --service checkout --incident INC-14',
    "add_action_item": 'allclear action add "Alert before the pool is exhausted" --incident INC-14',
    "list_action_items": "allclear action list",
}
"""Operation → how the command line does it."""
BODIES: dict[str, dict[str, Any]] = {
    "add_tracker": {"kind": "github", "name": "GitHub", "secret": "github_pat_11AB"},
    "change_tracker": {"name": "GitHub", "secret": "github_pat_11AB"},
    "add_tracker_project": {"id_there": "81273041"},
    "link_ticket": {"tracker": 1, "address": "https://github.com/acme/shop/issues/12"},
    "close_incident": {"owner": "ana@example.org"},
    "open_retrospective": {"incidents": ["INC-14"]},
    "set_channel_events": {"events": ["incident.declared", "severity.changed"]},
}
"""Operation → a body, where the one made from the description would be refused or ask for two things at once."""


def resolved(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where it only names another; the first that is not null, where there is a choice."""
    if "$ref" in schema:
        return resolved(components[schema["$ref"].rsplit("/", 1)[1]], components)
    for way in ("allOf", "oneOf", "anyOf"):
        if found := [one for one in schema.get(way, []) if one.get("type") != "null"]:
            return {**resolved(found[0], components), **{k: v for k, v in schema.items() if k != way}}
    return schema


def kind_of(schema: dict[str, Any]) -> str:
    """The JSON type, without null."""
    told = schema.get("type", "object" if "properties" in schema else "")
    return told if isinstance(told, str) else next((one for one in told if one != "null"), "null")


def example_of(schema: dict[str, Any], components: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that the schema allows."""
    schema = resolved(schema, components)
    if choices := [one for one in schema.get("enum", []) if one is not None]:
        return choices[0]
    kind = kind_of(schema)
    if kind == "object":
        return example_object(schema, components, depth)
    if kind == "array":
        one = example_of(schema.get("items", {}), components, name, depth + 1)
        return [one] * max(1, schema.get("minItems", 1)) if depth < DEEPEST else []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1) or 1
    if kind == "boolean":
        return True
    told = BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name, "Text")
    return told[: schema.get("maxLength", len(told))]


def example_object(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """What must be given; where nothing must, the first two that can."""
    if depth > DEEPEST:
        return {}
    properties = schema.get("properties", {})
    names = [name for name in properties if name in schema.get("required", [])] or list(properties)[:2]
    return {name: example_of(properties[name], components, name, depth + 1) for name in names}


def example_of_parameter(parameter: dict[str, Any], components: dict[str, Any]) -> str:
    """What its description says after “such as”, else a value of its type."""
    told = re.search(r"such as ([\w-]+)", parameter.get("description", ""))
    found = told[1] if told else example_of(parameter["schema"], components, parameter["name"])
    return parameter["name"] if found == "Text" else str(found)


def filled(path: str, values: dict[str, str]) -> str:
    """The path with examples in place of its parts in braces."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def curl(method: str, path: str, body: Any, form: dict[str, Any] | None = None) -> str:
    """A command that sends `body` as JSON, or `form` with its files."""
    lines = ["curl" if method == "GET" else f"curl -X {method}"]
    lines[0] += f" {settings.PUBLIC_URL}{path}"
    lines.append('-H "Authorization: Bearer $ALLCLEAR_TOKEN"')
    if body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    for name, value in (form or {}).items():
        lines.append(f"-F {name}={'@' if value == BY_FORMAT['binary'] else ''}{value}")
    return " \\\n  ".join(lines)
