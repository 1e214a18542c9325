"""A way to the server that adds a token to every request: the conformance tests cannot send one themselves."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}
PATIENCE = 30  # seconds


class _Handler(BaseHTTPRequestHandler):
    """Everything else passes as it is, `Host` and `Origin` too. The end of an answer is the end of its connection."""

    server: "_WithToken"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = {name: value for name, value in self.headers.items() if name.lower() not in OF_ONE_CONNECTION}
        sent |= {"Authorization": f"Bearer {self.server.token}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        connection.request(self.command, self.path, body, sent)
        answer = connection.getresponse()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        while some := answer.read1():
            self.wfile.write(some)
        connection.close()

    do_GET = do_POST = do_DELETE = _pass_on  # noqa: N815 - the names that the standard library looks for

    def log_message(self, *_said: object) -> None:
        """What is asked is seen by the server."""


class _WithToken(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port, self.token = port, token


@contextmanager
def with_token(address: str, token: str) -> Iterator[str]:
    """An address at which the server at `address` answers whoever asks as this token."""
    asked = urlsplit(address)
    assert asked.port
    server = _WithToken(asked.port, token)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield asked._replace(netloc=f"127.0.0.1:{server.server_port}").geturl()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
