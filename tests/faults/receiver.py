"""The other side: an HTTP server and an SMTP server on loopback that write down what arrives, and one that hangs."""

import json
import re
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Arrival:
    key: str
    id: str
    at: float  # seconds since 1970
    place: str


class Receiver:
    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        receiver = self

        class Web(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver._note(body["data"]["key"], self.headers["webhook-id"], self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        class Mail:
            async def handle_DATA(self, server, session, envelope) -> str:
                receiver._note(
                    _header(envelope.content, b"X-Key"),
                    _header(envelope.content, b"X-Allclear-Delivery"),
                    "mail",
                )
                return "250 OK"

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self._web = Server(("127.0.0.1", 0), Web)
        self._mail = Controller(Mail(), hostname="127.0.0.1", port=_free_port())
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        self._mail.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._web.server_port}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self._mail.port}"

    def close(self) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._mail.stop()

    def _note(self, key: str, id: str, place: str) -> None:
        self.arrivals.append(Arrival(key, id, time.time(), place))


class Hanging:
    """Accepts every connection and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._held: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/hook"

    @property
    def calls(self) -> int:
        return len(self._held)

    def close(self) -> None:
        self._socket.close()
        for connection in self._held:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                self._held.append(self._socket.accept()[0])
            except OSError:
                return


def _header(content: bytes, name: bytes) -> str:
    found = re.search(rb"^" + name + rb":\s*(\S+)\s*$", content, re.MULTILINE | re.IGNORECASE)
    return found[1].decode() if found else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
