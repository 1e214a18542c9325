"""Queries of Linear as TypeScript that only compiles where they keep to the types of @linear/sdk, which has no schema.

Each selected field must be on its type, arguments must fit their types, and what is really sent must fit the variables.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeNode,
    VariableNode,
    parse,
    print_ast,
    value_from_ast_untyped,
)

DIST = Path(settings.BASE_DIR) / "node_modules" / "@linear" / "sdk" / "dist"
HEAD = f"""import type {{ LinearDocument as L }} from "{DIST / "index.mjs"}";
type Of<T> = NonNullable<T> extends readonly (infer U)[] ? U : NonNullable<T>;
type Field<T, K extends keyof Of<T>> = Of<T>[K];
type Leaf<T extends string | number | boolean | Date> = T;
type Record<T extends object> = T;
type Same<A extends B, B extends string> = A;
"""
SCALARS = {"String": "string", "ID": "string", "Int": "number", "Float": "number", "Boolean": "boolean"}
A_TYPE = re.compile(r"^type (\w+) = (?:\w+ & )*\{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
A_FIELD = re.compile(r"(/\*\*(?:(?!\*/).)*\*/\s*)?^  (\w+)\??: ([^\n]+);$", re.MULTILINE | re.DOTALL)


class Known(NamedTuple):
    """What is known of a field without a compiler: the name of its type, and whether it is deprecated."""

    type: str
    is_deprecated: bool


@cache
def _types() -> dict[str, dict[str, Known]]:
    (text,) = [text for file in DIST.glob("index-*.d.mts") if "type Query = {" in (text := file.read_text())]
    return {
        name: {
            field: Known(re.findall(r"\w+", said)[-1], "@deprecated" in comment)
            for comment, field, said in A_FIELD.findall(body)
        }
        for name, body in A_TYPE.findall(text)
    }


class Checks:
    """Lines of TypeScript, and the deprecated fields that were met."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.deprecated: list[str] = []

    @property
    def text(self) -> str:
        return HEAD + "\n".join(self.lines) + "\nexport {};\n"

    def add(self, query: str, sent: dict[str, Any] | None = None) -> None:
        """One document, and the variables that were sent with it."""
        document = parse(query)
        fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        for operation in _operations(document):
            variables = {
                node.variable.name.value: _typescript(node.type)
                for node in operation.variable_definitions or ()
            }
            root = operation.operation.value.capitalize()
            self._select(root, f"L.{root}", operation.selection_set, fragments, variables)
            for name, value in (sent or {}).items():
                self.lines.append(f"{{ const sent: {variables[name]} = {json.dumps(value)}; void sent; }}")
                self._note_inputs(variables[name].removeprefix("L."), value)

    def _select(
        self,
        parent: str,
        place: str,
        selected: SelectionSetNode,
        fragments: dict[str, FragmentDefinitionNode],
        variables: dict[str, str],
    ) -> None:
        for node in selected.selections:
            if isinstance(node, FragmentSpreadNode):
                fragment = fragments[node.name.value]
                self._same(fragment.type_condition.name.value, parent)
                self._select(parent, place, fragment.selection_set, fragments, variables)
                continue
            assert isinstance(node, FieldNode)
            name = node.name.value
            known = _types().get(parent, {}).get(name, Known("", False))
            if known.is_deprecated:
                self.deprecated.append(f"{parent}.{name}")
            self._arguments(f"{parent}{name[0].upper()}{name[1:]}Args", node, variables)
            here = f'Field<{place}, "{name}">'
            shape = "Record" if node.selection_set else "Leaf"
            self.lines.append(f"{{ type T = {shape}<NonNullable<{here}>>; void (0 as unknown as T); }}")
            if node.selection_set:
                self._select(known.type, here, node.selection_set, fragments, variables)

    def _arguments(self, type_name: str, node: FieldNode, variables: dict[str, str]) -> None:
        """Where a type of arguments is known, or arguments are given. Those that are needed must be there."""
        if not node.arguments and type_name not in _types():
            return
        given = []
        for argument in node.arguments or ():
            name = argument.name.value
            known = _types().get(type_name, {}).get(name, Known("", False))
            if known.is_deprecated:
                self.deprecated.append(f"{type_name}.{name}")
            if isinstance(argument.value, VariableNode):
                said = variables[argument.value.name.value]
                given.append(f"{name}: null! as {said}")
                if said.startswith("L."):
                    self._same(said.removeprefix("L."), known.type)
            else:
                given.append(f"{name}: {json.dumps(value_from_ast_untyped(argument.value))}")
        self.lines.append(f"{{ const given: L.{type_name} = {{ {', '.join(given)} }}; void given; }}")

    def _same(self, name: str, other: str) -> None:
        """Two types may look alike to the compiler, and not be the same to Linear."""
        self.lines.append(f'{{ type T = Same<"{name}", "{other}">; void (0 as unknown as T); }}')

    def _note_inputs(self, type_name: str, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            for name, inner in one.items() if isinstance(one, dict) else ():
                known = _types().get(type_name, {}).get(name, Known("", False))
                if known.is_deprecated:
                    self.deprecated.append(f"{type_name}.{name}")
                self._note_inputs(known.type, inner)


def _operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def _typescript(node: TypeNode) -> str:
    name = print_ast(node).rstrip("!")
    said = SCALARS.get(name, f"L.{name}")
    return said if isinstance(node, NonNullTypeNode) else f"{said} | null"
