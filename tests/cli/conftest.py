"""The command line as a process of its own, with a home of its own; a real server, or one that says what a test likes."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import SCOPES
from accounts.workflow import create_token

SOURCE = Path(__file__).resolve().parents[2] / "cli" / "src"
sys.path.insert(0, str(SOURCE))  # for tests that call a function of it

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(SOURCE),
    "COLUMNS": "80",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
}


class CommandLine:
    """`run("list")` returns code, out, err; `json("list")` what `--json` prints."""

    def __init__(self, home: Path, url: str = "", token: str = "") -> None:
        self.home = home
        self.environment = ENVIRONMENT | {"HOME": str(home)}
        self.environment |= {"ALLCLEAR_URL": url} if url else {}
        self.environment |= {"ALLCLEAR_TOKEN": token} if token else {}

    def run(self, *words: str, said: str = "", **environment: str) -> SimpleNamespace:
        done = subprocess.run(
            [sys.executable, "-m", "allclear_cli", *words],
            env=self.environment | environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr)

    def json(self, *words: str, **options: Any) -> Any:
        answer = self.run(*words, "--json", **options)
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    @property
    def kept(self) -> list[Path]:
        return sorted(self.home.rglob("declarations/*.json"))


@pytest.fixture
def token(transactional_db, commander) -> str:
    scopes = [scope for scope in SCOPES if scope != "admin"]
    return create_token(by=commander, name="laptop", scopes=scopes)[1]


@pytest.fixture
def allclear(webs, token, tmp_path) -> CommandLine:
    """As `commander`, against a real server."""
    return CommandLine(tmp_path, f"http://127.0.0.1:{webs.ports[0]}", token)


class Stub:
    """Answers each request with the next of `answers`: (status, headers, body), or None to hang up. Keeps what came."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], Any] | None] = []
        self.requests: list[SimpleNamespace] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stub.requests.append(SimpleNamespace(path=self.path, headers=self.headers, body=body))
                if (answer := stub.answers.pop(0)) is not None:
                    self._send(*answer)

            do_POST = do_GET  # noqa: N815  # the name http.server asks for

            def _send(self, status: int, headers: dict[str, str], body: Any) -> None:
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                told = {"Content-Type": "application/json", "Content-Length": str(len(content))}
                for name, value in (told | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *words: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stub():
    made = Stub()
    yield made
    made.stop()
