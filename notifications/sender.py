"""Sending inside a worker: many calls at once, few of them to one destination, none of them inside a transaction.

One thread talks to the database: it claims, hands out, and notes the answers. The others only call out. So a call
that hangs holds one thread and one destination, never a connection or a lock.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import Error, connection
from django.utils import timezone

from notifications.channels import send
from notifications.models import Delivery
from notifications.outcomes import Answer, Outcome
from notifications.workflow import claim_deliveries, destinations_with_work, keep_hold, settle
from notifications.workflow.claiming import AT_ONCE

THREADS = 32
LOOK_EVERY = 0.5  # seconds, while something is due
LOOK_AT_LEAST_EVERY = 30.0
RENEW_EVERY = 4.0  # seconds
LET_GO_AFTER = 60.0  # seconds a call may take before its claim is no longer renewed
DATABASE_PAUSE = 1.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    delivery: Delivery
    answer: Future
    began: float = field(default_factory=time.monotonic)


class Sender:
    """Sends what is due until it is stopped. `send` turns a delivery into an answer and may take its time."""

    def __init__(self, send: Callable[[Delivery], Answer] = send, threads: int = THREADS) -> None:
        self._send, self._threads = send, threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._calls: list[Call] = []
        self._answering: set[str] = set()
        self._wakeup = threading.Event()
        self._stopping = False
        self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wakeup.set()

    def claim_no_more(self) -> None:
        """What is out is still noted."""
        self._stopping = True
        self.wake()

    def stop(self, within: float) -> None:
        """Note what is answered within so many seconds. The rest is sent again, with its id."""
        self.claim_no_more()
        self._thread.join(within)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not (self._stopping and not self._calls):
            self._wakeup.clear()
            try:
                self._note_answers()
                self._renew()
                busy = not self._stopping and self._hand_out()
            except Error as error:  # answers are kept and noted once the database is back
                logger.warning("sending waits for the database: %s", type(error).__name__)
                connection.close()
                time.sleep(DATABASE_PAUSE)
                continue
            except Exception:
                logger.exception("sending goes on after a failure of its own")
                time.sleep(DATABASE_PAUSE)
                continue
            if not busy:
                self._wakeup.wait(self._pause())
        connection.close()

    def _pause(self) -> float:
        """Seconds until there may be something to do, where nobody wakes it before: nothing waits, nothing is asked."""
        if self._calls:
            return LOOK_EVERY
        try:
            next_at = Delivery.objects.next_at()
        except Error:
            connection.close()
            return DATABASE_PAUSE
        if next_at is None:
            return LOOK_AT_LEAST_EVERY
        ahead = (next_at - timezone.now()).total_seconds()
        return min(max(ahead, LOOK_EVERY), LOOK_AT_LEAST_EVERY)

    def _note_answers(self) -> None:
        for call in [call for call in self._calls if call.answer.done()]:
            try:
                settle(delivery=call.delivery, answer=call.answer.result())
            except Error:
                raise
            except Exception:  # its claim runs out, and it is sent again with its id
                logger.exception("what %s was answered could not be noted", call.delivery.pk)
            self._calls.remove(call)
            self._note_at(call.delivery.destination, is_away=call.answer.result().is_away)

    def _note_at(self, destination: str, *, is_away: bool) -> None:
        """A destination gets one call at a time until it has answered one: many that hang hold few threads."""
        if is_away:
            self._answering.discard(destination)
        else:
            self._answering.add(destination)

    def _room_at(self, destination: str) -> int:
        return AT_ONCE if destination in self._answering else 1

    def _renew(self) -> None:
        now = time.monotonic()
        if self._calls and now - self._renewed > RENEW_EVERY:
            keep_hold(call.delivery for call in self._calls if now - call.began < LET_GO_AFTER)
            self._renewed = now

    def _hand_out(self) -> bool:
        """Start what there is room for; whether there was anything."""
        running = Counter(call.delivery.destination for call in self._calls)
        full = [destination for destination, count in running.items() if count >= self._room_at(destination)]
        free = self._threads - len(self._calls)
        started = 0
        for destination in destinations_with_work(at_most=free, besides=full) if free > 0 else []:
            room = min(self._room_at(destination) - running[destination], free - started)
            for delivery in claim_deliveries(destination=destination, at_most=room):
                future = self._pool.submit(attempt, self._send, delivery)
                self._calls.append(Call(delivery, future))
                future.add_done_callback(lambda _: self.wake())
                started += 1
        return started > 0


def attempt(send: Callable[[Delivery], Answer], delivery: Delivery) -> Answer:
    """One call. A fault of ours is an answer as well, so that one odd message stops nothing, and may pass."""
    try:
        return send(delivery)
    except Exception as error:
        logger.exception("%s could not be sent", delivery.pk)
        return Answer(Outcome.REFUSED, f"This message could not be sent: {type(error).__name__}")
