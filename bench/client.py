"""One browser's worth of HTTP: a kept connection, the cookies of a signed-in person, gzip."""

import gzip
import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

IDLE = 4  # seconds after which the server may have closed the connection


@dataclass
class Answer:
    status: int
    seconds: float
    queries: int
    compressed: int
    body: str
    location: str = ""
    size: int = 0  # bytes before compressing

    def first(self, pattern: str) -> str:
        found = re.search(pattern, self.body)
        if not found:
            raise LookupError(f"Nothing on the page matches {pattern}: {self.body[:300]}")
        return found[1]


@dataclass
class Client:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    token: str = ""
    used_at: float = 0.0

    def get(self, path: str, *, is_fragment: bool = False) -> Answer:
        """`is_fragment`: a part of a page, asked for as htmx does."""
        return self._ask("GET", path, None, {"HX-Request": "true"} if is_fragment else {})

    def post(self, path: str, data: Mapping[str, object]) -> Answer:
        """Send a form, with the token of the page read last."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **data}, doseq=True), {})

    def _ask(self, method: str, path: str, data: str | None, more: Mapping[str, str]) -> Answer:
        if self.connection is None or time.monotonic() - self.used_at > IDLE:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        self.used_at = time.monotonic()
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            **more,
        }
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, data, headers)
        response = self.connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - began
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        is_zipped = response.getheader("Content-Encoding") == "gzip"
        text = gzip.decompress(body) if is_zipped else body
        page = text.decode("utf-8", "replace")
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            self.token = found[1]
        return Answer(
            response.status,
            seconds,
            int(response.getheader("X-Queries") or 0),
            len(body) if is_zipped else len(gzip.compress(body, 6)),
            page,
            response.getheader("Location") or "",
            len(text),
        )
