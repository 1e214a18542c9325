"""A server on a free port of this machine, in a thread, for tests that need a counterpart over real HTTP."""

import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Loopback:
    """A subclass handles each request; it may answer with `send`."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                outer.handle(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET = handle_one  # noqa: N815 - names of the library

            def log_message(self, *_) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._http.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def handle(self, http: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError


def body_of(http: BaseHTTPRequestHandler) -> bytes:
    return http.rfile.read(int(http.headers.get("Content-Length") or 0))


def send(
    http: Any,
    status: int,
    headers: dict[str, str],
    body: bytes,
    *,
    drip: float = 0.0,
    length: int | None = None,
) -> None:
    """`drip` seconds pass after each byte; `length` may lie about the body."""
    with suppress(OSError):  # whoever asked has gone
        http.send_response(status)
        for name, value in headers.items():
            http.send_header(name, value)
        http.send_header("Content-Length", str(length or len(body)))
        http.end_headers()
        step = 1 if drip else 65536
        for at in range(0, len(body), step):
            http.wfile.write(body[at : at + step])
            time.sleep(drip)
