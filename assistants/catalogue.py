"""The tools: which operations assistants reach, with which of their arguments. Nothing here speaks a protocol."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from accounts.models import ApiToken
from api.registry import OPERATIONS, Call, Operation

TOOLS: dict[str, "Tool"] = {}


@dataclass(frozen=True)
class Tool:
    """An operation of the API, with the arguments that an assistant may give."""

    name: str
    operation_name: str
    title: str
    about: str  # for the assistant: what it is for
    arguments: tuple[str, ...] = ()
    sentence: Callable[[Call], str] | None = None  # of a tool that writes: what it is about to do
    narrow: Callable[[Any], Any] | None = None  # of a list
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)  # argument → the only values it may hold
    run: Callable[[Call, dict[str, Any]], dict[str, Any]] | None = (
        None  # where it does more than its operation
    )
    changes_state: bool = False  # of a tool that writes: whether it changes what is there

    @cached_property
    def operation(self) -> Operation:
        return next(one for one in OPERATIONS if one.name == self.operation_name)

    @property
    def writes(self) -> bool:
        return self.sentence is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Of all its arguments but the confirmation."""
        paged = ("limit",) if self.operation.is_list else ()
        return (*self.operation.parts, *self.arguments, *paged)

    def is_open_to(self, token: ApiToken) -> bool:
        return not self.operation.scope or token.allows(self.operation.scope)


def offer(tool: Tool) -> None:
    if tool.name in TOOLS:
        raise ValueError(f"Two tools are called {tool.name}.")
    TOOLS[tool.name] = tool
