"""Real processes on data folders of their own; nothing here touches the test database."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from launcher.processes import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
FOREIGN = ("ALLCLEAR_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "PYTEST_")


def plain_environment(**more: str) -> dict[str, str]:
    """The environment of somebody at a terminal, without what the test run itself set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | more


def command(*words: str, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [root / "bin" / words[0], *words[1:]],
        env=plain_environment(**environment),
        capture_output=True,
        text=True,
        timeout=150,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """One `bin/start` on a data folder, and everything it started."""

    def __init__(self, data: Path):
        self.data, self.port = data, free_port()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, **environment: str) -> None:
        self.output = open(self.data.with_suffix(".out"), "w+")  # noqa: SIM115 - closed with the process
        tests = os.getpid()
        self.process = subprocess.Popen(
            [ROOT / "bin" / "start", "--data", str(self.data), "--port", str(self.port)],
            env=plain_environment(**environment),
            stdout=self.output,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(tests),
        )
        wait_until(lambda: "is ready" in self.said() or self.process.poll() is not None, seconds=90)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return Path(self.output.name).read_text()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(15)
        self.output.close()

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def children(self) -> dict[int, str]:
        """Every process below the starter, by number, with its command line."""
        return descendants(self.process.pid)


def descendants(parent: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for child in _children_of(parent):
        found |= {child: _command_line(child)} | descendants(child)
    return found


def _children_of(parent: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def _command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def alive(processes: list[int]) -> list[int]:
    """Those that still run; a zombie waiting for its new parent does not."""
    return [number for number in processes if _state(number) not in {"", "Z"}]


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def wait_until(condition, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("running") / "data")
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture(scope="package")
def stopped(tmp_path_factory):
    """A data folder that has a database, and no server."""
    folder = tmp_path_factory.mktemp("stopped") / "data"
    done = command("manage", "shell", "--no-imports", "-c", "print('first')", ALLCLEAR_DATA=str(folder))
    return folder, done
