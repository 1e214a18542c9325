"""Steps a person can watch: a name at once, a moving counter on a terminal, the time at the end.

Everything goes to standard error, so that `bin/manage` leaves standard output to the command it runs.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK_SECONDS = 0.5
_TERMINAL = sys.stderr.isatty()
_ERASE = "\r\033[K" if _TERMINAL else ""


@contextmanager
def step(name: str, *, quiet_for: float = 0.0) -> Iterator[None]:
    """Show `name` while the block runs, then how long it took or that it failed.

    A step that is nearly always short says nothing unless it lasts longer than `quiet_for` seconds.
    """
    began = time.monotonic()
    finished, shown = threading.Event(), threading.Event()
    if not quiet_for:
        _show(name, shown)
    if quiet_for or _TERMINAL:
        threading.Thread(target=_count, args=(name, began, finished, shown, quiet_for), daemon=True).start()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        finished.set()
        if shown.is_set():
            _line(f"{name} … {outcome} ({time.monotonic() - began:.1f} s)")


def say(line: str) -> None:
    _line(line)


def _line(text: str) -> None:
    print(f"{_ERASE}  {text}", file=sys.stderr, flush=True)


def _show(name: str, shown: threading.Event) -> None:
    print(f"  {name} …", end="" if _TERMINAL else "\n", file=sys.stderr, flush=True)
    shown.set()


def _count(
    name: str, began: float, finished: threading.Event, shown: threading.Event, quiet_for: float
) -> None:
    if finished.wait(quiet_for):
        return
    if not shown.is_set():
        _show(name, shown)
    while _TERMINAL and not finished.wait(TICK_SECONDS):
        print(f"{_ERASE}  {name} … {time.monotonic() - began:.0f} s", end="", file=sys.stderr, flush=True)
