"""A client that sends a token and JSON, and checks every answer against the description."""

import json
import re
from functools import cache
from itertools import count
from typing import Any

from django.test import Client
from openapi_schema_validator import OAS31Validator

from accounts.models import SCOPES
from accounts.workflow import create_token
from api.openapi import openapi_schema

NAMES = count(1)


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Addresses with fewer parts in braces first: `incidents/similar` before `incidents/{incident}`."""
    paths = sorted(openapi_schema()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), item) for path, item in paths]


@cache
def _validator(written: str) -> OAS31Validator:
    return OAS31Validator(json.loads(written) | {"components": openapi_schema()["components"]})


def described(method: str, path: str) -> dict[str, Any] | None:
    """The operation at an address, or None."""
    for pattern, operations in _paths():
        if pattern.match(path) and method.lower() in operations:
            return operations[method.lower()]
    return None


def check_answer(method: str, path: str, answer: Any) -> None:
    """Fail where an answer is not one that the description tells of."""
    operation = described(method, path)
    if operation is None:
        return
    told = operation["responses"].get(str(answer.status_code))
    assert told is not None, f"{method} {path} answered {answer.status_code}: {answer.content[:500]!r}"
    media = answer.headers.get("Content-Type", "").split(";")[0]
    if not told.get("content"):
        return
    assert media in told["content"], f"{method} {path} answered {media}"
    if "json" in media and told["content"][media]["schema"].get("format") != "binary":
        schema = json.dumps(told["content"][media]["schema"])
        _validator(schema).validate(json.loads(answer.content))


class ApiClient:
    """`api.get("incidents")` → (status, data); the whole answer is in `last`."""

    def __init__(self, token: str):
        self.token, self.client, self.last = token, Client(), None

    @classmethod
    def of(cls, person: Any, *scopes: str, private: bool = False) -> "ApiClient":
        allowed = scopes or tuple(s for s in SCOPES if s != "admin" or person.is_administrator)
        _token, text = create_token(
            by=person, name=f"test {next(NAMES)}", scopes=allowed, reaches_private=private
        )
        return cls(text)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        address = path if path.startswith("/") else f"/api/v1/{path}"
        sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if self.token:
            sent["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        content = {"data": json.dumps(body), "content_type": "application/json"}
        if body is None:  # Django's client would send a form
            content = {} if method == "GET" else content | {"data": ""}
        self.last = getattr(self.client, method.lower())(address, **content, **sent)
        check_answer(method, address.split("?")[0], self.last)
        media = self.last.headers.get("Content-Type", "")
        return json.loads(self.last.content) if "json" in media else None

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("DELETE", path, **headers)

    @property
    def status(self) -> int:
        assert self.last is not None
        return self.last.status_code
