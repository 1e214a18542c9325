"""An HTTP server on loopback that a fake tracker answers with, or fails as a test tells it to."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone

from tests.loopback import Loopback, body_of, send


@dataclass
class Answer:
    status: int = 200
    said: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # in place of `said`
    drip: float = 0.0  # seconds before each byte

    @property
    def body(self) -> bytes:
        return json.dumps(self.said).encode() if self.raw is None else self.raw


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    said: Any
    headers: dict[str, str]


class RefusedError(Exception):
    def __init__(self, status: int, said: Any, **headers: str) -> None:
        self.answer = Answer(status, said, headers)


class Forge(Loopback):
    """Routes are methods with `pattern`s. `fails` answers in their place, where it returns something."""

    api = ""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.fails: Callable[[Asked], Answer | None] | None = None
        self.clock = timezone.now().replace(microsecond=0)
        self.numbers = iter(range(1, 10_000))
        super().__init__()

    def handle(self, http: BaseHTTPRequestHandler) -> None:
        text, parts = body_of(http), urlsplit(http.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix(self.api)
        asked = Asked(http.command, path, query, json.loads(text) if text else None, dict(http.headers))
        self.asked.append(asked)
        answer = self.answer(asked)
        headers = {"Content-Type": "application/json", **answer.headers}
        send(http, answer.status, headers, answer.body, drip=answer.drip)

    def answer(self, asked: Asked) -> Answer:
        if self.fails and (failed := self.fails(asked)) is not None:
            return failed
        for method, pattern, act in self.routes():
            if method == asked.method and (found := re.fullmatch(pattern, asked.path)):
                try:
                    answer = act(asked, *found.groups())
                except RefusedError as refused:
                    return refused.answer
                return answer if isinstance(answer, Answer) else Answer(200, answer)
        return Answer(404, {"message": "Not Found"})

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        return []

    def page(self, asked: Asked, rows: list[Any]) -> list[Any]:
        size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        return rows[(page - 1) * size : page * size]

    def tick(self) -> str:
        """Each change is a second later than the last, and none before now."""
        self.clock = max(self.clock + timedelta(seconds=1), timezone.now().replace(microsecond=0))
        return written(self.clock)

    def calls(self, method: str, ending: str = "") -> list[Asked]:
        return [one for one in self.asked if one.method == method and one.path.endswith(ending)]


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
