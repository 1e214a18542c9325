"""An HTTP server on loopback that a fake tracker answers with, or fails as a test tells it to."""

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone


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


class Forge:
    """Routes are methods with `pattern`s. `fails` answers in their place, where it returns something."""

    api = ""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.fails: Callable[[Asked], Answer | None] | None = None
        self.clock = timezone.now().replace(microsecond=0)
        self.numbers = iter(range(1, 10_000))
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                text, parts = self.rfile.read(size), urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                path = parts.path.removeprefix(outer.api)
                asked = Asked(
                    self.command, path, query, json.loads(text) if text else None, dict(self.headers)
                )
                outer.asked.append(asked)
                answer = outer.answer(asked)
                with suppress(OSError):  # whoever asked has gone
                    self.send_response(answer.status)
                    for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    step = 1 if answer.drip else 65536
                    for at in range(0, len(answer.body), step):
                        self.wfile.write(answer.body[at : at + step])
                        time.sleep(answer.drip)

            do_POST = do_PUT = do_PATCH = do_GET = answer  # noqa: N815 - names of the library

            def log_message(self, *_) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

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
