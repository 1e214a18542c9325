"""The list of events live, as server-sent events, for those who cannot receive webhooks. No thread waits."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import APIException, PermissionDenied, Throttled, ValidationError

from accounts.models import ApiToken
from api.asgi import count, refuse, request_of
from api.errors import Malformed
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
Headers = list[tuple[bytes, bytes]]


class EventStream:
    """The ASGI application of `events/stream`: asked with the token, it sends each event once, oldest first.

    `Last-Event-ID` (which browsers and libraries send by themselves) goes on after that event; without one it begins
    now. `?name=incident.declared` narrows.
    """

    def __init__(self, listener: Listener):
        self.listener = listener
        self._open: dict[int, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reader, headers = await in_thread(_admitted, scope)
            self._require_few(reader.owner)
        except APIException as refusal:
            await refuse(send, refusal)
            return
        self._open[reader.owner] = self._open.get(reader.owner, 0) + 1
        try:
            with self.listener.subscription(HOME, person_topic(reader.owner)) as queue:
                await self._stream(reader, headers, receive, send, queue)
        finally:
            self._open[reader.owner] -= 1

    def _require_few(self, owner: int) -> None:
        if self._open.get(owner, 0) >= MOST_STREAMS:
            raise Throttled(wait=EVERY, detail=f"At most {MOST_STREAMS} streams of one account.")

    @staticmethod
    async def _stream(
        reader: "Reader",
        headers: Headers,
        receive: Receive,
        send: Send,
        queue: "asyncio.Queue[str | None]",
    ) -> None:
        await in_thread(reader.begin)
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *headers]})
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


def _admitted(scope: Scope) -> "tuple[Reader, Headers]":
    """The stream of whoever asks, and the headers of their limit. Counted and refused as any request of the API is."""
    request = request_of(scope)
    limits = count(request)
    token = cast(ApiToken, request.auth)
    if not token.allows(SCOPE):
        raise PermissionDenied(f"This token lacks the scope “{SCOPE}”.")
    reader = Reader(token, _names(scope), request.headers.get("Last-Event-ID", ""))
    return reader, [(name.lower().encode(), value.encode()) for name, value in limits.items()]


def _names(scope: Scope) -> list[str]:
    """The events that are asked for; none is all of them."""
    try:
        asked = parse_qs(
            scope.get("query_string", b"").decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=len(PUBLIC),
        )
    except ValueError as fault:
        raise Malformed("There are too many parameters.") from fault
    for parameter in asked:
        if parameter != "name":
            raise Malformed(f"There is no parameter “{parameter}” here, only “name”.", name=parameter)
    names = asked.get("name", [])
    if unknown := [name for name in names if name not in PUBLIC]:
        raise ValidationError({"name": [f"There is no event “{unknown[0]}”. See event-types."]})
    return names


class Reader:
    """Where one stream has come to. Its methods ask the database and run in threads."""

    def __init__(self, token: ApiToken, names: list[str], last: str):
        self.token, self.owner = token.pk, token.owner_id
        self.names, self.last = names, last
        self.since = timezone.now()
        self.told: dict[UUID, datetime] = {}

    def begin(self) -> None:
        """Go on after the event that was read last, where it is still kept; else from now on."""
        token = self._working()
        if token is None:
            return
        rows = EventShape.rows(token.acting_person())
        last = rows.filter(pk=self.last).first() if _is_id(self.last) else None
        if last:
            self.since = last.due_at
        before = rows.filter(due_at__gte=self.since - OVERLAP, due_at__lte=self.since)
        self.told = dict(before.values_list("pk", "due_at"))

    def _working(self) -> ApiToken | None:
        return ApiToken.objects.working().filter(pk=self.token).select_related("owner").first()

    def news(self) -> str | None:
        """What has happened since, as it is sent; None where the token opens nothing any more."""
        token = self._working()
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


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
