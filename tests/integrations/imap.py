"""A real IMAP server (pymap) with one person, and servers that are broken in their ways."""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from imapclient import IMAPClient

from launcher.processes import die_with_parent
from tests.integrations.sns import TlsFiles

USER, PASSWORD = "nagios", "geheim é"
COMMAND = "import sys; from pymap.main import main; sys.exit(main())"


class ImapServer:
    """It speaks STARTTLS at `port`; at `tls_port` it speaks TLS from the first byte."""

    def __init__(self, files: TlsFiles) -> None:
        self.files, self.port = files, free_port()
        told = [
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--cert",
            str(files.certificate),
            "--key",
            str(files.key),
        ]
        user = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
        tests = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *told, *user],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: die_with_parent(tests),
        )
        ends = time.monotonic() + 30
        while True:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            assert self._process.poll() is None, "the IMAP server did not start"
            assert time.monotonic() < ends, "the IMAP server did not start in time"
            time.sleep(0.1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        self._front = Listener(lambda client: self._forward(context.wrap_socket(client, server_side=True)))
        self.tls_port = self._front.port

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join(5)

    def close(self) -> None:
        self._front.close()
        self._process.kill()
        self._process.wait(10)

    def client(self) -> IMAPClient:
        """Signed in, for a test to fill the mailbox with."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.starttls(ssl._create_unverified_context())
        client.plain_login(USER, PASSWORD)
        return client


class Listener:
    """`answer(socket)` is called in a thread for each who connects."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._answer = answer
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            self._answer(client)

    def close(self) -> None:
        self._server.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(64 * 1024):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
