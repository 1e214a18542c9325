"""Editors without a browser, and web processes to be killed under them."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings
from django.test import Client
from pycrdt import XmlElement, XmlFragment, XmlText
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from coediting import wire
from coediting.document import open_document, to_markdown
from tests.faults.processes import ROOT, Installation


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Webs(Installation):
    """Two web processes on `ports`, on one database."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ALLCLEAR_DATA=str(settings.STATIC_ROOT.parent))
        self.ports = [free_port(), free_port()]

    def serve_all(self) -> None:
        """Start those that do not run: at first, and after a test that has killed one."""
        stopped = [port for port in self.ports if not self._runs(port)]
        for port in stopped:
            self._begin(port)
        for port in stopped:
            self._wait_for(port)

    def _runs(self, port: int) -> bool:
        process = self._running.get(f"web-{port}")
        return process is not None and process.poll() is None

    def serve(self, port: int) -> None:
        self._begin(port)
        self._wait_for(port)

    def _begin(self, port: int) -> None:
        with open(self.folder / f"web-{port}.log", "ab") as log:
            self._running[f"web-{port}"] = subprocess.Popen(
                [sys.executable, "-m", "launcher.web", "--port", str(port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                return
            except OSError:
                assert time.monotonic() < deadline, self.said(f"web-{port}")
                time.sleep(0.05)


def cookie_of(user) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Editor:
    """Keeps what is not confirmed, as the browser's does."""

    def __init__(self, document, user, port: int) -> None:
        self.document, self.port, self.cookie = document, port, cookie_of(user)
        self.doc = open_document()
        self.sent = self.kept = 0
        self.present: dict[int, dict] = {}
        self.may_write: bool | None = None
        self.socket = None

    def open(self, *, origin: str = "", cookie: str | None = None) -> "Editor":
        host = f"127.0.0.1:{self.port}"
        self.socket = connect(
            f"ws://{host}/live/documents/{self.document.pk}/",
            origin=origin or f"http://{host}",
            additional_headers={"Cookie": self.cookie if cookie is None else cookie},
            open_timeout=10,
            max_size=None,
        )
        self.until(lambda: self._caught_up)
        return self

    _caught_up = False

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self._caught_up = False

    def write(self, text: str, at: int = 0) -> None:
        """Into the first paragraph."""
        before = self.doc.get_state()
        fragment = self.doc.get("default", type=XmlFragment)
        if not len(fragment.children):
            fragment.children.append(XmlElement("paragraph")).children.append(XmlText())
        fragment.children[0].children[0].insert(at, text)
        self.keep(self.doc.get_update(before))

    def keep(self, update: bytes) -> None:
        self.sent += 1
        with contextlib.suppress(ConnectionClosed):  # it goes along when the next connection opens
            self.socket.send(bytes([wire.KEEP]) + wire.number(self.sent) + wire.chunk(update))

    def show(self, client: int, clock: int, state: dict | None) -> None:
        self.socket.send(wire.awareness(wire.write_awareness(client, clock, state)))

    def hear(self, seconds: float = 0.2) -> bool:
        """One message; False where none came."""
        try:
            message = self.socket.recv(timeout=seconds)
        except TimeoutError:
            return False
        reader = wire.Reader(message)
        match reader.number():
            case wire.SYNC:
                kind, data = reader.number(), reader.chunk()
                if kind == wire.HAVE:
                    if self.sent > self.kept:
                        self.keep(self.doc.get_update(data))
                    self.socket.send(wire.sync(wire.HAVE, self.doc.get_state()))
                else:
                    self.doc.apply_update(data)
                    self._caught_up = self._caught_up or kind == wire.LACKED
            case wire.AWARENESS:
                client, _, state = wire.read_awareness(reader.chunk())
                self.present[client] = state
            case wire.KEPT:
                self.kept = reader.number()
            case wire.MAY_WRITE:
                self.may_write = bool(reader.number())
        return True

    def until(self, condition, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come"
            self.hear()

    def closed(self, seconds: float = 10) -> tuple[int, str]:
        """With which code the server closed, and what it said."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.hear()
            except ConnectionClosed as error:
                return error.rcvd.code, error.rcvd.reason
        raise AssertionError("the server did not close")

    @property
    def text(self) -> str:
        return to_markdown(self.doc)
