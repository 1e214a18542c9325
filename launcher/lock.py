"""Who runs the embedded server of a data folder. Standard library only, Python 3.9.

Two files in the data folder, both held with flock, so a killed process lets go by itself:
`server.lock`   held alone by the process whose child the server is; says who and where that is.
`server.users`  held together by every `bin/manage` that uses a server some `bin/manage` brought up;
                that one stops the server only once nobody else holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from launcher import progress


@dataclass(frozen=True)
class Holder:
    pid: int
    purpose: str  # "start", or the words of a bin/manage command
    address: str = ""
    ready: bool = False  # migrated: others may use the database


class Patience:
    """Waiting in short steps, and saying what for once it takes long enough to wonder."""

    def __init__(self, line: str):
        self._line, self._began = line, time.monotonic()

    def a_moment(self, holder: Holder | None = None) -> None:
        """Sleep for a moment; `holder` is named in the line."""
        if self._line and time.monotonic() - self._began > 1.5:
            progress.say(self._line.format(holder or Holder(0, "another command")))
            self._line = ""
        time.sleep(0.1)


class DataLock:
    """`server.lock` and `server.users` of one data folder, as seen from this process."""

    def __init__(self, data_dir: Path):
        self._lock = self._open(data_dir / "server.lock")
        self._users = self._open(data_dir / "server.users")
        self._mine: Holder | None = None

    @staticmethod
    def _open(path: Path) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def try_own(self, purpose: str, address: str = "") -> bool:
        """Become the holder; False where somebody else is."""
        if not _try_exclusive(self._lock):
            return False
        self._announce(Holder(os.getpid(), purpose, address))
        return True

    def holder(self) -> Holder | None:
        """Who holds the lock; None where nobody does, or its name is just being written."""
        if _try_exclusive(self._lock):
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            return None
        try:
            return Holder(**json.loads(os.pread(self._lock, 4096, 0)))
        except (ValueError, TypeError):
            return None

    def announce_ready(self) -> None:
        assert self._mine
        self._announce(Holder(**{**asdict(self._mine), "ready": True}))

    def join_users(self) -> None:
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def used_by_others(self) -> bool:
        """False: nobody else uses the server, and who comes now waits in join_users until it is stopped."""
        if _try_exclusive(self._users):
            return False
        fcntl.flock(self._users, fcntl.LOCK_SH)  # the failed attempt may have dropped our own share
        return True

    def release(self) -> None:
        """Let go of both; safe to call twice."""
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        fcntl.flock(self._users, fcntl.LOCK_UN)
        self._mine = None

    def _announce(self, holder: Holder) -> None:
        text = json.dumps(asdict(holder)).encode()
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, text, 0)
        self._mine = holder


def _try_exclusive(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
