"""The register of operations: from it come the addresses, the views, the OpenAPI file and the docs."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import ApiToken, User
from api.fields import Body
from api.paging import NearFirst, UsualPages
from api.shapes.base import Shape

REACH_ENDED = "Done, and out of the caller's reach now."
JSON, BYTES, FORM = "application/json", "application/octet-stream", "multipart/form-data"
OPERATIONS: list["Operation"] = []
PARTS: dict[str, "Part"] = {}


class Call:
    """One request while it is answered."""

    def __init__(self, request: Request, operation: "Operation", raw: dict[str, str]):
        self.request = request
        self.operation = operation
        self.raw = raw
        self.records: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self.query: dict[str, Any] = {}

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def token(self) -> ApiToken | None:
        return cast(ApiToken | None, self.request.auth)

    def __getitem__(self, name: str) -> Any:
        """The record that a part of the address names."""
        return self.records[name]


@dataclass(frozen=True)
class Part:
    """A part of an address in braces: how its record is found, within what the caller can see."""

    name: str
    load: Callable[[Call, str], Any]  # raises DoesNotExist or Http404
    shape: type[Shape] | None  # what If-Match is compared with
    about: str
    is_number: bool = False
    key: str = "id"  # the field of the shape that the part repeats
    choices: tuple[str, ...] = ()  # where there are no others
    same: str = ""  # another part that names the same record
    called: str = ""  # in the description, where another part loads the same in another way

    @property
    def described_name(self) -> str:
        return self.called or self.name


PAGING = frozenset({"limit", "cursor"})  # parameters of every list


@dataclass(frozen=True)
class Operation:
    method: str
    path: str  # below /api/v1/, parts in braces
    name: str  # the operationId
    scope: str  # "" where any token will do
    run: Callable[[Call], Any]
    summary: str
    verbs: tuple[Callable[..., Any], ...] = ()
    body: type[Body] | None = None
    query: type[Body] | None = None
    answer: type[serializers.BaseSerializer] | None = None  # None: 204
    status: int = 200
    is_list: bool = False  # by pages
    many: bool = False  # all at once, of what has few
    location: Callable[[Any], str] | None = None
    tag: str = ""
    takes_files: bool = False
    file_types: tuple[str, ...] = ()  # media types, where a file is answered
    may_be_empty: str = ""  # when 204 is answered in place of the record

    @cached_property
    def parts(self) -> list[str]:
        return [piece[1:-1] for piece in self.path.split("/") if piece.startswith("{")]

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names that may stand in the address of a read."""
        asked = self.query().fields if self.query else ()
        return frozenset(asked) | (PAGING if self.is_list else frozenset())

    @cached_property
    def media_types(self) -> list[str]:
        """Of the file that is answered, in the order of the description: generators take the first that they know.

        Whatever is answered can be read as text, but only a part of it as JSON.
        """
        are_text = all(media == JSON or media.startswith("text/") for media in self.file_types)
        return sorted({*self.file_types} | (set() if are_text else {BYTES}), key=_place_of)

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def guarded(self) -> str | None:
        """The part of the address whose present state If-Match names."""
        return next((name for name in reversed(self.parts) if PARTS[name].shape), None)


def _place_of(media: str) -> tuple[bool, bool, str]:
    return media == JSON, media != BYTES, media


def part(
    name: str,
    load: Callable[[Call, str], Any],
    *,
    shape: type[Shape] | None,
    about: str,
    number: bool = False,
    called: str = "",
    key: str = "id",
    choices: Iterable[str] = (),
    same: str = "",
) -> None:
    if name in PARTS:
        raise ValueError(f"Two parts of addresses are called {name}.")
    PARTS[name] = Part(name, load, shape, about, number, key, tuple(choices), same, called)


def _scope(method: str, path: str) -> str:
    subject = path.split("/")[0].replace("-", "_")
    return f"{subject}:{'read' if method == 'GET' else 'write'}"


def _summary(run: Callable[..., Any], summary: str) -> str:
    """What was written, or the first sentence of the docstring."""
    said = summary or inspect.getdoc(run) or run.__name__.replace("_", " ").capitalize()
    return summary or re.split(r"(?<=[.!?])\s", " ".join(said.split()), maxsplit=1)[0]


def _register(operation: Operation) -> Operation:
    if any(one.name == operation.name for one in OPERATIONS):
        raise ValueError(f"Two operations are called {operation.name}.")
    OPERATIONS.append(operation)
    return operation


def _through(verb: Callable[..., Any]) -> Callable[[Call], Any]:
    """Call the verb with the person, the records of the address that it knows, and what the body says."""
    known = inspect.signature(verb).parameters

    def run(call: Call) -> Any:
        records = {name: record for name, record in call.records.items() if name in known}
        return verb(by=call.user, **records, **call.data)

    return run


def verb(
    method: str,
    path: str,
    does: Callable[..., Any],
    *,
    body: type[Body] | None = None,
    answer: type[serializers.BaseSerializer] | None = None,
    run: Callable[[Call], Any] | None = None,
    name: str = "",
    scope: str | None = None,
    status: int = 0,
    summary: str = "",
    location: Callable[[Any], str] | None = None,
    also: tuple[Callable[..., Any], ...] = (),
    tag: str = "",
    takes_files: bool = False,
    many: bool = False,
    may_be_empty: str = "",
) -> Operation:
    """An operation over the verb `does`.

    Where its parameters are not those of address and body, `run` calls it. What comes back is answered in the shape
    `answer`, read again within what the caller can see; without one the answer is 204. `may_be_empty` says when it is
    204 all the same, where what is done may end the caller's reach: a client must expect it.
    """
    return _register(
        Operation(
            method,
            path,
            name or does.__name__,
            _scope(method, path) if scope is None else scope,
            run or _through(does),
            _summary(does, summary),
            (does, *also),
            body,
            None,
            answer,
            status or (204 if answer is None else 200),
            many=many,
            location=location,
            tag=tag,
            takes_files=takes_files,
            may_be_empty=may_be_empty,
        )
    )


def listing(
    path: str,
    shape: type[Shape],
    rows: Callable[[Call], "QuerySet[Any] | NearFirst | UsualPages"],
    *,
    name: str,
    summary: str,
    query: type[Body] | None = None,
    scope: str | None = None,
    tag: str = "",
) -> Operation:
    """GET of a list by pages, in the order of the shape."""
    return _register(
        Operation(
            "GET",
            path,
            name,
            _scope("GET", path) if scope is None else scope,
            rows,
            summary,
            query=query,
            answer=shape,
            is_list=True,
            tag=tag,
        )
    )


def item(
    path: str,
    shape: type[serializers.BaseSerializer] | None,
    run: Callable[[Call], Any] | None = None,
    *,
    name: str,
    summary: str,
    query: type[Body] | None = None,
    scope: str | None = None,
    tag: str = "",
    many: bool = False,
    file_types: tuple[str, ...] = (),
) -> Operation:
    """GET of one thing: of the last part of the address, or of what `run` finds (`many`: all of a few)."""

    def last(call: Call) -> Any:
        return call[call.operation.parts[-1]]

    return _register(
        Operation(
            "GET",
            path,
            name,
            _scope("GET", path) if scope is None else scope,
            run or last,
            summary,
            query=query,
            answer=shape,
            many=many,
            file_types=file_types,
            tag=tag,
        )
    )
