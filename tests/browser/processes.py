"""The web process and the Chromium of these tests. Both are looked after: what one test breaks the next one has again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from launcher.processes import die_with_parent
from tests.browser.web_process import AS_DEMO, BETWEEN_TESTS
from tests.faults.processes import ROOT, Installation

NAME = "web"
PATIENCE = 60  # seconds to start in, on a machine that is busy
ANSWERS_WITHIN = 15  # seconds, to a question that needs neither thread nor database
LAST_WORDS = 6000  # characters of the output of one that died


class Web(Installation):
    """One process for all tests of a test process; `stop()` and `start()` again on the same port."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder,
            DJANGO_SETTINGS_MODULE="tests.browser.web_settings",
            ALLCLEAR_DATA=str(settings.STATIC_ROOT.parent),
            DATA_DIR_OF_TESTS=str(settings.DATA_DIR),
        )
        self._place = (
            socket.socket()
        )  # bound for as long as the tests run: nobody else gets the port meanwhile
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        self.port = self._place.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Have one that answers. Where the last one died or hangs, say so with its last words, and take a new one."""
        if NAME in self._running:
            if self.answering() is not None:
                return
            self._replace()
        tests = os.getpid()
        with open(self.folder / f"{NAME}.log", "wb") as log:
            self._running[NAME] = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.web_process", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: die_with_parent(tests),
            )
        self._until_it_answers()

    def stop(self) -> None:
        super().stop()
        self._running.clear()

    def become_demo(self) -> None:
        """Until the end of the test it has the door of the demo."""
        assert self.answering(f"?{AS_DEMO.decode()}") is not None

    def answering(self, query: str = "") -> int | None:
        """How many requests it answers; None where it does not say so."""
        if self.ended():
            return None
        try:
            with urllib.request.urlopen(self.url + BETWEEN_TESTS + query, timeout=ANSWERS_WITHIN) as said:
                return int(said.read())
        except OSError:
            return None

    def come_to_rest(self) -> None:
        """Wait until nobody is answered any more: the test's browsers are closed, and the tables will be emptied.

        Whatever does not end is stopped with the process, so that nothing of a test reaches the next one.
        """
        deadline = time.monotonic() + 5
        while NAME in self._running and (answering := self.answering()) != 0:
            if answering is None or time.monotonic() > deadline:
                self._replace()
                return
            time.sleep(0.01)

    def _until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.answering() is None:
            if self.ended() or time.monotonic() > deadline:
                pytest.fail(f"The web process did not start:\n{self._last_words()}", pytrace=False)
            time.sleep(0.02)

    def _replace(self) -> None:
        what = "died" if self.ended() else "did not come to rest"
        warnings.warn(f"The web process {what} and is replaced:\n{self._last_words()}", stacklevel=2)
        self.stop()

    def _last_words(self) -> str:
        """The end of its output; of one that still runs with what each of its threads is at."""
        if not self.ended():
            self._running[NAME].send_signal(signal.SIGUSR1)
            time.sleep(0.5)
        return self.said(NAME)[-LAST_WORDS:]


class Browsers:
    """`running()` is a Chromium that runs; where the last one died, another one."""

    def __init__(self, launch) -> None:
        self._launch, self._browser = launch, None

    def running(self) -> Browser:
        if self._browser and not self._browser.is_connected():
            warnings.warn("Chromium died and is replaced.", stacklevel=2)
            self._browser = None
        self._browser = self._browser or self._launch()
        return self._browser

    def close(self) -> None:
        if self._browser:
            self._browser.close()
