"""What a worker does without being asked: it sends, and it runs each job of `settings.JOBS` when its time has come.

PostgreSQL wakes it (NOTIFY), so no broker is needed. A job that nobody asks for runs after `every` seconds.
"""

import logging
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from celery import bootsteps
from celery.signals import worker_shutting_down
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from notifications.sender import Sender
from notifications.workflow.queueing import EXPAND, WORK_CHANNEL

LOOK_AGAIN = (
    1.0  # seconds between two looks at what is due next, and before a job that is still due runs again
)
LONG_JOBS_AT_ONCE = 2
DATABASE_PAUSE = 1.0
STOP_WITHIN = 1.5  # seconds; the supervisor gives a worker two
logger = logging.getLogger(__name__)
sender: Sender | None = None
scheduler: "Scheduler | None" = None


@dataclass
class Job:
    """A task by its dotted path. `next_at` says when there is something to do: a time, or None for not yet known.

    What `takes_long` runs beside the others, at most two such jobs at once; what `has_thread` waits for none of them.
    `in_vain` counts the runs after which there was still something to do: it fails, or others hold the rows.
    """

    name: str
    every: float = 60.0
    next_at: Callable[[], datetime | None] | None = None
    takes_long: bool = False
    has_thread: bool = False
    due: float = 0.0
    is_running: bool = field(default=False, init=False)
    in_vain: int = field(default=0, init=False)

    @classmethod
    def of(cls, name: str, *, next_at: str = "", **how: Any) -> "Job":
        return cls(name, next_at=import_string(next_at) if next_at else None, **how)

    def run(self) -> None:
        self._log_failure(import_string(self.name))

    def look_ahead(self) -> None:
        """Set when it is due: after `every` seconds, or earlier where there is something to do earlier."""
        self.due = time.monotonic() + self.every
        ahead = self.seconds_ahead()
        self.in_vain = self.in_vain + 1 if ahead <= 0 else 0
        self._be_due_in(max(ahead, LOOK_AGAIN * 2 ** min(self.in_vain, 6) / 2))

    def look_again(self) -> None:
        """Make it due earlier where something is to be done earlier."""
        if not self.is_running and not self.in_vain:
            self._be_due_in(max(self.seconds_ahead(), LOOK_AGAIN))

    def _be_due_in(self, seconds: float) -> None:
        self.due = min(self.due, time.monotonic() + seconds)

    def seconds_ahead(self) -> float:
        """Until `next_at`; 0 or less where something is to be done now, `every` where it is not known."""
        at = self._log_failure(self.next_at) if self.next_at else None
        return (at - timezone.now()).total_seconds() if at else self.every

    def _log_failure[T](self, function: Callable[[], T]) -> T | None:
        """What `function` returns. Whatever it raises is logged: a job that fails stops no other and runs again."""
        try:
            return function()
        except Error as error:
            logger.warning("%s waits for the database: %s", self.name, type(error).__name__)
        except Exception:
            logger.exception("%s failed and will be run again", self.name)
        connection.close()
        return None


class Scheduler:
    """One thread with one connection, which listens for work, runs the short jobs and hands on those that take long."""

    def __init__(self, jobs: list[Job]) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._pool = ThreadPoolExecutor(LONG_JOBS_AT_ONCE, thread_name_prefix="job")
        self._own_threads = {
            job.name: ThreadPoolExecutor(1, thread_name_prefix="job") for job in jobs if job.has_thread
        }
        self._woken, self._wake = os.pipe()
        self._ended = False
        self._look_at: float | None = None
        self._listens_on: Any = None
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look at once whether something is due."""
        os.write(self._wake, b".")

    def stop(self, within: float) -> None:
        self._ended = True
        self.wake()
        self._thread.join(within)
        for pool in (self._pool, *self._own_threads.values()):
            pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._ended:
            try:
                self._listen()
                self._run_due()
                self._sleep()
            except Error as error:
                logger.warning("jobs wait for the database: %s", type(error).__name__)
                connection.close()
                time.sleep(DATABASE_PAUSE)
        connection.close()

    def _listen(self) -> None:
        """Listen on the connection of this thread. After it was replaced every job runs: a notification may be lost."""
        connection.ensure_connection()
        if self._listens_on is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {WORK_CHANNEL}")
            self._listens_on = connection.connection
            for job in self._jobs.values():
                job.due = 0.0

    def _run_due(self) -> None:
        for name in self._asked_for():
            if job := self._jobs.get(name):
                job.due = 0.0
            self._look_at = self._look_at or time.monotonic() + LOOK_AGAIN
        if self._look_at is not None and self._look_at <= time.monotonic():
            self._look_at = None
            for job in self._jobs.values():
                job.look_again()
        for job in self._jobs.values():
            if job.due <= time.monotonic() and not job.is_running and not self._ended:
                self._hand_on(job) if job.takes_long or job.has_thread else self._run_here(job)

    def _run_here(self, job: Job) -> None:
        job.run()
        job.look_ahead()

    def _hand_on(self, job: Job) -> None:
        """Run it in a thread of its own, where there is something to do."""
        ahead = job.seconds_ahead()
        job.due = time.monotonic() + max(ahead, LOOK_AGAIN)
        if job.next_at is None or ahead <= 0:
            job.is_running = True
            self._own_threads.get(job.name, self._pool).submit(self._run_apart, job)

    def _run_apart(self, job: Job) -> None:
        job.run()
        job.look_ahead()
        job.is_running = False
        connection.close()
        self.wake()

    def _sleep(self) -> None:
        """Until the next job is due, a notification comes or `wake` is called."""
        if connection.connection is None:
            return
        due = [job.due for job in self._jobs.values() if not job.is_running]
        due += [] if self._look_at is None else [self._look_at]
        pause = max(min(due, default=0.0) - time.monotonic(), 0)
        if pause and not connection.connection.notifies:
            select.select([connection.connection, self._woken], [], [], pause)

    def _asked_for(self) -> Iterator[str]:
        """The jobs that somebody asked for since the last time; "" asks for none, only to look again."""
        if select.select([self._woken], [], [], 0)[0]:
            os.read(self._woken, 4096)
            yield EXPAND
        with connection.wrap_database_errors:
            connection.connection.poll()
        notifies, connection.connection.notifies[:] = list(connection.connection.notifies), []
        yield from (notify.payload for notify in notifies)


class WithoutBroker(bootsteps.StartStopStep):
    """Starts before the worker looks for its broker, and goes on while there is none."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        global sender, scheduler
        sender, scheduler = Sender(), Scheduler([Job.of(name, **job) for name, job in settings.JOBS.items()])
        sender.start()
        scheduler.start()
        # Noticed at once; `stop` comes only after the worker has left its broker, which may take seconds.
        worker_shutting_down.connect(self._on_shutting_down)

    def _on_shutting_down(self, **kwargs: Any) -> None:
        if sender:
            sender.claim_no_more()

    def stop(self, parent: Any) -> None:
        if scheduler:
            scheduler.stop(STOP_WITHIN)
        if sender:
            sender.stop(STOP_WITHIN)
