"""What the page of the API shows, as plain values made from its description."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.text import slugify

from api.errors import TYPES
from api.examples import BODIES, COMMANDS, curl, example_of, example_of_parameter, filled, kind_of, resolved
from api.openapi import openapi_schema
from api.registry import FORM, JSON, OPERATIONS

WORDS_OF_FORMAT = {
    "date-time": "time",
    "date": "date",
    "email": "e-mail address",
    "uri": "address",
    "uuid": "UUID",
    "binary": "file",
}


@dataclass(frozen=True)
class Shown:
    """A parameter, a field of a body or a field of an answer."""

    name: str
    kind: str
    about: str
    is_required: bool
    choices: tuple[str, ...] = ()
    shape: str = ""  # of what it holds, described below
    place: str = ""  # of a parameter: path, query, header
    example: str = ""


@dataclass(frozen=True)
class Answer:
    status: str
    about: str
    shape: str
    before: str = ""  # “Page of”, “List of”


@dataclass(frozen=True)
class Refusal:
    status: int
    anchor: str


@dataclass(frozen=True)
class Entry:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    scope: str
    tag: str
    parameters: tuple[Shown, ...]
    body: tuple[Shown, ...]
    example: str  # of the body, as JSON
    example_path: str
    curl: str
    command: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]

    @property
    def asked(self) -> list[Shown]:
        """The parameters that the form of the page asks for."""
        return [one for one in self.parameters if one.place != "header"]

    def matches(self, words: list[str]) -> bool:
        text = f"{self.summary} {self.path} {self.name} {self.method} {self.tag}".lower()
        return all(word in text for word in words)


@dataclass(frozen=True)
class Section:
    """The operations of one tag, and the shapes that they answer."""

    name: str
    slug: str
    about: str
    entries: tuple[Entry, ...]
    shapes: tuple[tuple[str, str, tuple[Shown, ...]], ...]  # (name, what it is, fields)


def _components() -> dict[str, Any]:
    return openapi_schema()["components"]["schemas"]


def shape_name(schema: dict[str, Any]) -> str:
    """The name of the shape that a schema names, as readers see it; else nothing. Choices are told where they occur."""
    reference = schema.get("$ref", "") or next(
        (one["$ref"] for way in ("allOf", "oneOf") for one in schema.get(way, []) if "$ref" in one), ""
    )
    name = reference.rsplit("/", 1)[-1]
    return name if "properties" in _components().get(name, {}) else ""


def kind_in_words(schema: dict[str, Any]) -> str:
    """“text, at most 200 characters”, “list of time”, “whole number from 1 to 200”, “object or null”."""
    ways = schema.get("oneOf", [])
    null = " or null" if _can_be_null(schema) else ""
    null = f" or empty{null}" if any(one.get("const") == "" for one in ways) else null
    choices = [one for one in ways if one.get("type") != "null" and one.get("const") != ""]
    if len(choices) > 1:
        return " or ".join(kind_in_words(one) for one in choices) + null
    plain = resolved(schema, _components())
    kind = kind_of(plain)
    if kind == "array":
        return f"list of {kind_in_words(plain.get('items', {}))}{null}"
    if kind == "object" and (inner := plain.get("properties")) and "$ref" not in schema:
        return f"object {{{', '.join(inner)}}}{null}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "": "any value"}
    told = WORDS_OF_FORMAT.get(plain.get("format", "")) or words.get(kind, kind)
    return f"{told}{_limits(plain)}{null}"


def _can_be_null(schema: dict[str, Any]) -> bool:
    told = schema.get("type")
    return (isinstance(told, list) and "null" in told) or any(
        one.get("type") == "null" for one in schema.get("oneOf", [])
    )


def _limits(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and most < 2**31:
        return f" from {least} to {most}"
    if "maxLength" in schema and "enum" not in schema:
        return f", at most {schema['maxLength']:,} characters"
    return ""


def _shown(name: str, schema: dict[str, Any], *, is_required: bool, **more: Any) -> Shown:
    plain = resolved(schema, _components())
    item = resolved(plain.get("items", {}), _components()) if kind_of(plain) == "array" else plain
    choices = tuple(str(one) for one in item.get("enum", []) if one is not None)
    shape = shape_name(schema) or shape_name(plain.get("items", {}))
    about = schema.get("description") or ("" if shape else plain.get("description", ""))
    more = {"about": about, "shape": shape, **more}
    return Shown(name, kind_in_words(schema), is_required=is_required, choices=choices, **more)


def fields_of(schema: dict[str, Any], *, before: str = "", deep: bool = False) -> tuple[Shown, ...]:
    """The fields of an object; with `deep` also those of the objects in it, by their paths."""
    plain = resolved(schema, _components())
    found: list[Shown] = []
    for name, one in plain.get("properties", {}).items():
        found.append(_shown(before + name, one, is_required=name in plain.get("required", [])))
        inner = resolved(one, _components())
        is_list = kind_of(inner) == "array"
        inner = resolved(inner.get("items", {}), _components()) if is_list else inner
        if deep and inner.get("properties") and before.count(".") < 3:
            path = f"{before}{name}{'[]' if is_list else ''}."
            found += fields_of(inner, before=path, deep=True)
    return tuple(found)


def _parameter(parameter: dict[str, Any]) -> Shown:
    place = parameter["in"]
    return _shown(
        parameter["name"],
        parameter["schema"],
        is_required=place == "path" or parameter.get("required", False),
        about=parameter.get("description", ""),
        place=place,
        example=example_of_parameter(parameter, _components()) if place == "path" else "",
    )


def _parameters(operation: dict[str, Any], path: str) -> tuple[Shown, ...]:
    """Those of the address in its order, then those of the query, then headers."""
    found = [_parameter(one) for one in operation.get("parameters", [])]
    order = {"path": 0, "query": 1, "header": 2}
    return tuple(sorted(found, key=lambda one: (order[one.place], path.find(f"{{{one.name}}}"))))


def _answer(status: str, answer: dict[str, Any]) -> Answer:
    content = answer.get("content", {})
    if not content:
        return Answer(status, answer.get("description") or "Nothing more is said.", "")
    if content.keys() != {JSON}:
        return Answer(status, f"A file: {', '.join(content)}.", "")
    schema = content[JSON]["schema"]
    results = resolved(schema, _components()).get("properties", {}).get("results")
    if results is None:
        return Answer(status, answer.get("description", ""), shape_name(schema))
    before = "A page of" if shape_name(schema).endswith("Page") else "A list of"
    return Answer(status, answer.get("description", ""), shape_name(results.get("items", {})), before)


def _entry(path: str, method: str, operation: dict[str, Any], scope: str) -> Entry:
    parameters = _parameters(operation, path)
    content = operation.get("requestBody", {}).get("content", {})
    body, form = (content.get(media, {}).get("schema") for media in (JSON, FORM))
    example = BODIES.get(operation["operationId"], example_of(body, _components()) if body else None)
    files = example_of(form, _components()) if form else None
    example_path = filled(path, {one.name: one.example for one in parameters if one.place == "path"})
    answers = operation["responses"].items()
    return Entry(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        scope=scope,
        tag=operation["tags"][0],
        parameters=parameters,
        body=fields_of(body or form, deep=True) if content else (),
        example="" if example is None else json.dumps(example, indent=2, ensure_ascii=False),
        example_path=example_path,
        curl=curl(method.upper(), example_path, example, files),
        command=COMMANDS.get(operation["operationId"], ""),
        answers=tuple(_answer(status, answer) for status, answer in answers if status < "400"),
        refusals=tuple(Refusal(int(s), TYPES[int(s)][0]) for s, _answer in answers if int(s) in TYPES),
    )


@cache
def entries() -> tuple[Entry, ...]:
    """Every operation, in the order of the register."""
    paths = openapi_schema()[
        "paths"
    ]  # before the register is read: the operations register with the addresses
    scopes = {operation.name: operation.scope for operation in OPERATIONS}
    order = {name: place for place, name in enumerate(scopes)}
    found = [
        _entry(path, method, operation, scopes.get(operation["operationId"], ""))
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]
    return tuple(sorted(found, key=lambda entry: order.get(entry.name, len(order))))


def _shapes(found: tuple[Entry, ...]) -> tuple[tuple[str, str, tuple[Shown, ...]], ...]:
    """The shapes that these operations answer, and those inside of them."""
    todo = [answer.shape for entry in found for answer in entry.answers if answer.shape]
    shapes: dict[str, tuple[str, str, tuple[Shown, ...]]] = {}
    while todo:
        name = todo.pop()
        if name in shapes:
            continue
        schema = _components()[name]
        fields = fields_of(schema)
        shapes[name] = (name, schema.get("description", ""), fields)
        todo += [field.shape for field in fields if field.shape]
    return tuple(shapes[name] for name in sorted(shapes))


@cache
def sections() -> tuple[Section, ...]:
    """The tags with their operations, in the order of the register."""
    about = {tag["name"]: tag["description"] for tag in openapi_schema()["tags"]}
    names = dict.fromkeys(entry.tag for entry in entries())
    found = {name: tuple(entry for entry in entries() if entry.tag == name) for name in names}
    return tuple(
        Section(name, slugify(name), about.get(name, ""), of_tag, _shapes(of_tag))
        for name, of_tag in found.items()
    )


def search(text: str) -> list[Entry]:
    """The operations whose summary, address or name has each of these words."""
    words = text.lower().split()
    return [entry for entry in entries() if entry.matches(words)] if words else []
