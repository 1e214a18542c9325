"""A tracker that is reached over real HTTP, on loopback, and answers badly when it is told to."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.loopback import Loopback, body_of, send


@dataclass
class Fault:
    """Happens to one request of `method` (any, where that is ""), in place of its answer.

    With `loses` the request is done, and its answer lost. `hang` seconds pass before an answer, `drip` before each byte.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = ""
    path: str = ""
    loses: bool = False
    hang: float = 0.0
    drip: float = 0.0

    def fits(self, request: "Request") -> bool:
        return self.method in ("", request.method) and self.path in request.path


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: Any


@dataclass(frozen=True)
class Reply:
    status: int
    said: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Serving(Loopback):
    """`answer` of a subclass is asked under a lock, as if a database kept it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        super().__init__()

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def count(self, method: str, path: str = "") -> int:
        return sum(request.method == method and path in request.path for request in self.requests)

    def handle(self, http: BaseHTTPRequestHandler) -> None:
        told = body_of(http)
        parts = urlsplit(http.path)
        request = Request(
            http.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query)),
            http.headers,
            json.loads(told) if told else None,
        )
        with self.lock:
            self.requests.append(request)
            fault = next((one for one in self.faults if one.fits(request)), None)
            if fault:
                self.faults.remove(fault)
            reply = self.answer(request) if fault is None or fault.loses else None
        http.close_connection = fault is not None
        if fault is None:
            assert reply is not None
            body = b"" if reply.said is None else json.dumps(reply.said).encode()
            send(http, reply.status, {"Content-Type": "application/json", **reply.headers}, body)
        elif not fault.loses:
            time.sleep(fault.hang)
            send(http, fault.status, fault.headers, fault.body, drip=fault.drip)
