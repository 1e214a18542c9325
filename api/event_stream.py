"""The list of events live, as server-sent events, for those who cannot receive webhooks. No thread waits."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.utils import timezone

from accounts.models import ApiToken
from accounts.workflow import working_token
from api.shapes.events import PUBLIC, EventShape, told_event
from core.asgi import Receive, Scope, Send
from core.listen import HOME, Listener, person_topic
from live.consumers import HEADERS, in_thread

PATH = "/api/v1/events/stream"
SCOPE = "incidents:read"
EVERY = 5.0  # seconds after which it is looked for news of which no notification came
PAUSE = 0.5  # seconds at least between two looks
KEEP_ALIVE = 20.0
OVERLAP = timedelta(seconds=30)  # a transaction may end later than one that began after it
MOST_STREAMS = 10  # of one account in one process
AT_A_TIME = 200
REFUSALS = {
    401: "A valid token is needed",
    403: "This token lacks the scope “incidents:read”",
    429: "Too many streams",
}


class EventStream:
    """The ASGI application of `events/stream`: asked with the token, it sends each event once, oldest first.

    `Last-Event-ID` (which browsers and libraries send by themselves) goes on after that event; without one it begins
    now. `?name=incident.declared` narrows.
    """

    def __init__(self, listener: Listener):
        self.listener = listener
        self._open: dict[int, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        text = _header(scope, b"authorization").removeprefix("Bearer ").strip()
        token = await in_thread(working_token, text) if text else None
        refused = self._refusal(token)
        if token is None or refused:
            await _refuse(send, refused or 401)
            return
        owner = token.owner_id
        self._open[owner] = self._open.get(owner, 0) + 1
        try:
            with self.listener.subscription(HOME, person_topic(owner)) as queue:
                await self._stream(Reader(scope, text), receive, send, queue)
        finally:
            self._open[owner] -= 1

    def _refusal(self, token: ApiToken | None) -> int:
        if token is None:
            return 401
        if not token.allows(SCOPE):
            return 403
        return 429 if self._open.get(token.owner_id, 0) >= MOST_STREAMS else 0

    @staticmethod
    async def _stream(
        reader: "Reader", receive: Receive, send: Send, queue: "asyncio.Queue[str | None]"
    ) -> None:
        await in_thread(reader.begin)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _write(send, "retry: 2000\n: hello\n\n")
        gone = asyncio.create_task(_until_gone(receive))
        written = time.monotonic()
        try:
            while not gone.done():
                news = await in_thread(reader.news)
                if news is None:  # revoked, expired, or without access
                    break
                if news or time.monotonic() - written >= KEEP_ALIVE:
                    await _write(send, news or ": alive\n\n")
                    written = time.monotonic()
                if not await _wait(queue, gone):
                    break
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})


class Reader:
    """Where one stream has come to. Its methods ask the database and run in threads."""

    def __init__(self, scope: Scope, text: str):
        self.text = text
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        self.names = [name for name in asked.get("name", []) if name in PUBLIC]
        self.last = _header(scope, b"last-event-id")
        self.since = timezone.now()
        self.told: dict[UUID, datetime] = {}

    def begin(self) -> None:
        """Go on after the event that was read last, where it is still kept; else from now on."""
        token = working_token(self.text)
        if token is None:
            return
        rows = EventShape.rows(token.acting_person())
        last = rows.filter(pk=self.last).first() if _is_id(self.last) else None
        if last:
            self.since = last.due_at
        before = rows.filter(due_at__gte=self.since - OVERLAP, due_at__lte=self.since)
        self.told = dict(before.values_list("pk", "due_at"))

    def news(self) -> str | None:
        """What has happened since, as it is sent; None where the token opens nothing any more."""
        token = working_token(self.text)
        if token is None or not token.allows(SCOPE):
            return None
        rows = EventShape.rows(token.acting_person()).filter(due_at__gte=self.since - OVERLAP)
        if self.names:
            rows = rows.filter(topic__in=self.names)
        fresh: list[Any] = list(rows.exclude(pk__in=self.told).order_by("due_at", "id")[:AT_A_TIME])
        for message in fresh:
            self.told[message.pk] = message.due_at
            self.since = max(self.since, message.due_at)
        self.told = {pk: at for pk, at in self.told.items() if at >= self.since - OVERLAP}
        return "".join(_written(message) for message in fresh)


def _written(message: Any) -> str:
    told = told_event(message)
    return f"id: {told['id']}\nevent: {told['name']}\ndata: {json.dumps(told)}\n\n"


async def _wait(queue: "asyncio.Queue[str | None]", gone: "asyncio.Task[None]") -> bool:
    """Until something happened, at most `EVERY` seconds; False where this process stops or the reader has gone."""
    await asyncio.sleep(PAUSE)
    waiting = asyncio.create_task(queue.get())
    done, _ = await asyncio.wait({waiting, gone}, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
    if waiting not in done:
        waiting.cancel()
        return gone not in done
    stops = waiting.result() is None
    while not queue.empty():
        stops = queue.get_nowait() is None or stops
    return not stops


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"application/problem+json")]
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="Allclear"'))
    problem = {
        "type": "/api/v1/docs/errors",
        "title": REFUSALS[status],
        "status": status,
        "detail": REFUSALS[status],
    }
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
