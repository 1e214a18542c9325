"""Does a web process that nobody asks sleep, and load only what pages need?"""

import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

MOST_A_SECOND = 4  # uvicorn alone looks ten times a second whether something is to be done
DEADLINE = 30


def _wakes(process: int) -> int:
    """How often the main thread of a process has been woken so far."""
    status = Path(f"/proc/{process}/task/{process}/status").read_text()
    return next(
        int(line.split()[1]) for line in status.splitlines() if line.startswith("voluntary_ctxt_switches")
    )


def test_it_is_woken_a_few_times_a_second(webs):
    process, quietest, ends = webs._running[f"web-{webs.ports[0]}"].pid, None, time.monotonic() + DEADLINE
    while quietest is None or (quietest > MOST_A_SECOND and time.monotonic() < ends):
        before, began = _wakes(process), time.monotonic()
        time.sleep(2)
        now = (_wakes(process) - before) / (time.monotonic() - began)
        quietest = now if quietest is None else min(now, quietest)
    assert quietest <= MOST_A_SECOND


def test_what_describes_the_api_is_loaded_on_first_use():
    """Eight megabytes in each process that knows the addresses."""
    code = "import django, sys; django.setup(); import config.urls; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "api.views" in loaded
    assert "drf_spectacular.generators" not in loaded
    assert "django.test" not in loaded
