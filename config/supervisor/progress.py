"""Steps a person can watch: a name at once, a moving counter on a terminal, the time at the end.

Everything goes to standard error, so that `bin/manage` leaves standard output to the command it runs.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager

TICK_SECONDS = 0.5


@contextmanager
def step(name: str):
    """Show `name` while the block runs, then how long it took or that it failed."""
    terminal = sys.stderr.isatty()
    print(f"  {name} …", end="" if terminal else "\n", file=sys.stderr, flush=True)
    began = time.monotonic()
    finished = threading.Event()
    if terminal:
        threading.Thread(target=_count, args=(name, began, finished), daemon=True).start()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        finished.set()
        line = f"  {name} … {outcome} ({time.monotonic() - began:.1f} s)"
        print(f"\r\033[K{line}" if terminal else line, file=sys.stderr, flush=True)


def say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


def _count(name: str, began: float, finished: threading.Event) -> None:
    while not finished.wait(TICK_SECONDS):
        print(f"\r\033[K  {name} … {time.monotonic() - began:.0f} s", end="", file=sys.stderr, flush=True)
