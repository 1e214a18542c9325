"""Child processes that cannot outlive the process that started them, and their log files."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from launcher import progress
from launcher.posix_user import Account

LOG_BYTES, LOG_BACKUPS = 5 * 1024 * 1024, 3
WORTH_SHOWING = re.compile(r"^\d{4}-\d\d-\d\d\S*(?: \S+)? (WARNING|ERROR|CRITICAL)\b")
_SHOWN_PER_MINUTE = 10
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """One running process: its log, its last lines, and how to end it."""

    def __init__(self, name: str, process: subprocess.Popen, log: Path, shown: re.Pattern):
        self.name, self.process, self.log, self._shown = name, process, log, shown
        self.began = time.monotonic()
        self.last_lines: deque[str] = deque(maxlen=50)
        self._reader = threading.Thread(target=self._copy_output, name=f"log of {name}", daemon=True)
        self._reader.start()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, gently: signal.Signals, within: float) -> None:
        """Send `gently`; after `within` seconds SIGKILL. Returns once the process is gone."""
        if self.is_running():
            self.process.send_signal(gently)
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(1)

    def how_it_ended(self) -> str:
        code = self.process.returncode
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def last_words(self) -> str:
        """The last line it wrote: of an exception that is its text, of PostgreSQL the fatal error."""
        self._reader.join(1)
        fatal = [line for line in self.last_lines if "FATAL:" in line]
        return (fatal or list(self.last_lines) or [""])[-1].strip()

    def _copy_output(self) -> None:
        file = _QuietRotatingFile(self.log)
        shown: deque[float] = deque(maxlen=_SHOWN_PER_MINUTE)
        for raw in self.process.stdout or ():
            line = raw.decode(errors="replace").rstrip("\n")
            self.last_lines.append(line)
            file.emit(LogRecord("", 0, "", 0, line, None, None))
            if self._shown.search(line) and (
                len(shown) < _SHOWN_PER_MINUTE or time.monotonic() - shown[0] > 60
            ):
                shown.append(time.monotonic())
                progress.say(f"{self.name}: {line[:200]}")
        file.close()


class _QuietRotatingFile(RotatingFileHandler):
    def __init__(self, path: Path):
        super().__init__(path, maxBytes=LOG_BYTES, backupCount=LOG_BACKUPS, delay=True)

    def handleError(self, record: LogRecord) -> None:  # noqa: N802 - logging's name
        """On a full disk lines are lost, but the child's pipe is still emptied, so it keeps working."""


def spawn(
    name: str,
    command: list[str],
    *,
    log: Path,
    environment: dict[str, str],
    when_parent_dies: signal.Signals,
    account: Account | None = None,
    pass_fds: tuple[int, ...] = (),
    directory: str | Path | None = None,
    shown: re.Pattern = WORTH_SHOWING,
) -> Child:
    """Start `command` as a child that gets `when_parent_dies` with this process, even on kill -9.

    Call it from the main thread: Linux sends that signal when the *thread* that forked ends. The child has
    its own session, so that Ctrl-C in the terminal reaches it through us, in order. Lines that match `shown` appear in the terminal as well.
    Raises OSError.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if account:
            account.become()  # first: changing the user forgets the signal asked for below
        die_with_parent(parent, when_parent_dies)

    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=directory,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=before_exec,
    )
    return Child(name, process, log, shown)


def die_with_parent(parent: int, sent: signal.Signals = signal.SIGKILL) -> None:
    """Called in a child before exec. Elsewhere than on Linux an orphan has to be stopped by hand."""
    if sys.platform != "linux":
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
    if os.getppid() != parent:  # it died between fork and prctl
        os.kill(os.getpid(), signal.SIGKILL)
