"""A limit on how long one request may work, and a watchdog for a process that no longer answers at all."""

import asyncio
import contextlib
import ctypes
import faulthandler
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
from django.db import connections

CHECK_SECONDS = 1.0
RENEW_SECONDS = 10.0  # the watchdog is a thread of its own, made anew each time
STUCK_SECONDS = 60  # without one turn of the event loop: an expression in C holds the interpreter

logger = logging.getLogger(__name__)


class TimeLimitExceededError(Exception):
    """Raised inside the thread of a request that has worked for longer than it may."""


class TimeLimit:
    """WSGI middleware: after `seconds`, cancel the running statement and raise TimeLimitExceededError in the thread.

    `watch` must run on the event loop beside it.
    """

    def __init__(self, app: Callable[..., Any], *, seconds: float) -> None:
        self._app, self._seconds = app, seconds
        self._lock = threading.Lock()
        self._working: dict[int, tuple[float, str, Any]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        with self._registered(environ["PATH_INFO"]):
            response = self._app(environ, start_response)
            try:
                yield from response
            finally:
                response.close()

    @contextlib.contextmanager
    def _registered(self, path: str) -> Iterator[None]:
        thread = threading.get_ident()
        with self._lock:
            self._working[thread] = (time.monotonic(), path, connections["default"])
        try:
            yield
        finally:
            with self._lock:
                self._working.pop(thread, None)
                _raise_in(thread, None)  # take back one that was set this very moment

    def stop_overdue(self) -> None:
        """Stop every request that is over its time."""
        latest = time.monotonic() - self._seconds
        with self._lock:
            overdue = [(thread, *work) for thread, work in self._working.items() if work[0] < latest]
            for thread, _, path, connection in overdue:
                logger.error("%s worked for more than %s s and was stopped", path, self._seconds)
                self._working[thread] = (time.monotonic(), path, connection)
                _raise_in(thread, TimeLimitExceededError)
        for _, _, _, connection in overdue:
            _cancel(connection)

    async def watch(self) -> None:
        """Run until cancelled: stop overdue requests, and keep the watchdog of the process quiet."""
        try:
            renew_at = 0.0
            while True:
                if time.monotonic() >= renew_at:
                    renew_at = time.monotonic() + RENEW_SECONDS
                    faulthandler.dump_traceback_later(STUCK_SECONDS + RENEW_SECONDS, exit=True)
                if self._working:
                    await asyncio.to_thread(self.stop_overdue)
                await asyncio.sleep(CHECK_SECONDS)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Have `kind` raised in another thread at its next step; None takes one back that is not raised yet.

    Source: Python/C API, PyThreadState_SetAsyncExc.
    """
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(kind) if kind else None
    )


def _cancel(connection: Any) -> None:
    """Cancel what the request's connection is waiting for, if it waits."""
    with contextlib.suppress(psycopg2.Error):
        if connection.connection is not None:
            connection.connection.cancel()
