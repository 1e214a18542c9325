"""Real web, worker and scheduler processes on the test's database, to be killed and started again."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from launcher.processes import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "config", "--quiet"]
WORKER = [
    "worker",
    "--pool=threads",
    "--concurrency=4",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
]
KINDS = {
    "web": [sys.executable, "-m", "launcher.web", "--port", "0"],
    "worker": [*CELERY, *WORKER, "--loglevel=WARNING"],
    "beat": [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config.beat",
        "--quiet",
        "beat",
        "--loglevel=WARNING",
        "--pidfile=",
    ],
}


class Installation:
    """`start("worker-1")` starts a worker; names begin with the kind."""

    kinds = KINDS

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.killed = folder, 0
        self._running: dict[str, subprocess.Popen] = {}
        for name in ("broker/queue", "broker/control", "mail"):
            (folder / name).mkdir(parents=True)
        known = connection.settings_dict
        names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
        own = {name: value for name, value in os.environ.items() if not name.startswith("ALLCLEAR_")}
        for name in ("REDIS_URL", "SMTP_URL"):
            own.pop(name, None)
        self._environment = own | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": "postgres://nobody@localhost/nothing",
            "FAULTS_DATABASE": json.dumps({name: known[name] for name in names}, default=str),
            "ALLCLEAR_DATA": str(folder),
            "ALLCLEAR_OUTBOUND_ALLOW": "127.0.0.0/8",
            "NO_PROXY": "127.0.0.1",
            **environment,
        }

    def start(self, *names: str) -> None:
        tests = os.getpid()
        for name in names:
            with open(self.folder / f"{name}.log", "ab") as log:
                self._running[name] = subprocess.Popen(
                    self.kinds[name.partition("-")[0]],
                    cwd=ROOT,
                    env=self._environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    preexec_fn=lambda: die_with_parent(tests),
                )

    def kill(self, name: str) -> None:
        self._running[name].kill()
        self._running[name].wait()
        self.killed += 1

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()

    def ended(self) -> list[str]:
        """Those that ended without being killed."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


class Killer:
    """Kills one of the named processes at random moments and starts it again a moment later.

    Stepped by the test's main thread: what a thread has started would die with that thread.
    """

    def __init__(self, installation: Installation, names: list[str], *, every: tuple[float, float]) -> None:
        self._installation, self._names, self._every = installation, names, every
        self._next = time.monotonic() + random.uniform(*every)
        self._back: dict[str, float] = {}

    def step(self) -> None:
        now = time.monotonic()
        for name in [name for name, moment in self._back.items() if moment <= now]:
            del self._back[name]
            self._installation.start(name)
        if now >= self._next:
            self._next = now + random.uniform(*self._every)
            name = random.choice([name for name in self._names if name not in self._back])
            self._installation.kill(name)
            self._back[name] = now + random.uniform(0.1, 1)

    def end(self) -> None:
        self._next = float("inf")
        while self._back:
            self.step()
            time.sleep(0.05)
