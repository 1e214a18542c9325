"""One LISTEN connection per web process, fanned out in memory to the streams that asked."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Iterator

import psycopg2
import psycopg2.extensions
from django.db import connections

from core.notify import CHANNEL, STATUS_PAGES

HOME = 0  # notified of every public incident, without saying which
INBOX = -1  # no incident at all: only notifications for the person themselves
BACKLOG = 200
Topic = int | str
logger = logging.getLogger(__name__)


def person_topic(person_id: int) -> Topic:
    return f"person:{person_id}"


class Listener:
    def __init__(self) -> None:
        self._queues: dict[Topic, set[asyncio.Queue[str | None]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._on_change: list[Callable[[], None]] = []

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def when_changed(self, call: Callable[[], None]) -> None:
        """Call this, in the event loop, when an incident or a status page has changed, or that may have been missed."""
        self._on_change.append(call)

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
        for queue in self._all_queues():
            _put(queue, None)

    @contextlib.contextmanager
    def subscription(self, *topics: Topic) -> Iterator[asyncio.Queue[str | None]]:
        """A queue of what changes about an incident (its id), any (HOME) or a person; None means hang up."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(BACKLOG)
        subscribed = set(topics)
        for topic in subscribed:
            self._queues.setdefault(topic, set()).add(queue)
        try:
            yield queue
        finally:
            for topic in subscribed:
                self._queues[topic].discard(queue)
                if not self._queues[topic]:
                    del self._queues[topic]

    def subscribers(self, topic: Topic) -> int:
        """How many queues of this process are subscribed to `topic`."""
        return len(self._queues.get(topic, ()))

    async def _run(self) -> None:
        """Listen for ever; when the database goes away come back, and let every stream resync."""
        pause = 0.2
        while True:
            try:
                connection = await asyncio.to_thread(_connect)
            except psycopg2.OperationalError as error:
                logger.warning("live updates wait for the database: %s", str(error).strip().splitlines()[0])
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
                continue
            pause = 0.2
            self._tell_of_change()
            for queue in self._all_queues():
                _put(queue, "hello")
            try:
                await self._hear(connection)
            except psycopg2.Error:
                logger.warning("live updates lost the database; connecting again")
            finally:
                connection.close()

    async def _hear(self, connection: psycopg2.extensions.connection) -> None:
        readable = asyncio.Event()
        loop = asyncio.get_running_loop()
        descriptor = connection.fileno()
        loop.add_reader(descriptor, readable.set)
        try:
            while True:
                await readable.wait()
                readable.clear()
                connection.poll()
                while connection.notifies:
                    self._pass_on(connection.notifies.pop(0).payload)
        finally:
            loop.remove_reader(descriptor)

    def _pass_on(self, payload: str) -> None:
        notify_incident = json.loads(payload)
        for person in notify_incident.get("people", ()):
            for queue in self._queues.get(person_topic(person), ()):
                _put(queue, notify_incident["what"])
        for queue in self._queues.get(notify_incident.get("topic", ""), ()):
            _put(queue, notify_incident["what"])
        is_of_incident = "incident" in notify_incident and notify_incident["what"] != "presence"
        if is_of_incident or notify_incident.get("topic") == STATUS_PAGES:
            self._tell_of_change()
        if "incident" not in notify_incident:
            return
        for queue in self._queues.get(notify_incident["incident"], ()):
            _put(queue, notify_incident["what"])
        if notify_incident["what"] == "head" and not notify_incident.get("private"):
            for queue in self._queues.get(HOME, ()):
                _put(queue, "home")

    def _tell_of_change(self) -> None:
        for call in self._on_change:
            call()

    def _all_queues(self) -> list[asyncio.Queue[str | None]]:
        return list({queue for queues in self._queues.values() for queue in queues})


def _put(queue: asyncio.Queue[str | None], what: str | None) -> None:
    """A stream too slow to read keeps its backlog full; it gets enough to fetch the newest state anyway.

    It is always told to begin again or to close.
    """
    if what in ("hello", None) and queue.full():
        queue.get_nowait()
    with contextlib.suppress(asyncio.QueueFull):
        queue.put_nowait(what)


def _connect() -> psycopg2.extensions.connection:
    """A direct connection of its own: LISTEN needs one that no pooler shares."""
    parameters = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode")
    connection = psycopg2.connect(**{n: parameters[n] for n in names if parameters.get(n)})
    connection.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return connection
