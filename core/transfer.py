"""Requests are read and responses sent on the event loop: a slow client never holds a page thread."""

import asyncio
from collections.abc import AsyncIterator, Callable
from tempfile import SpooledTemporaryFile
from typing import IO

from core.asgi import App, Message, Receive, Scope, Send

GRACE_SECONDS = 20.0  # a body, or one piece of a response, may always take this long; no pause may be longer
SLOWEST = 16 * 1024  # bytes per second that a body must average beyond that
IN_MEMORY = 512 * 1024  # bytes; what is larger waits in a temporary file
PIECE = 64 * 1024  # bytes
SMALL = 64 * 1024  # bytes; a form without files, which is taken however much others send


class TransferBuffer:
    """ASGI middleware: passes a request on once its body is complete, sends a response once it is complete.

    Args:
        app: the ASGI application behind it.
        limit_of: the largest body in bytes that a path accepts; a larger one gets 413.
        budget: bytes of bodies that may be held at once over all requests; beyond it, 503 for those above `SMALL`.

    A body slower than `SLOWEST` after `GRACE_SECONDS`, or of which nothing comes for that long, gets 408. A client
    that takes no piece of the response for `GRACE_SECONDS` is disconnected.
    """

    def __init__(self, app: App, *, limit_of: Callable[[str], int], budget: int) -> None:
        self._app, self._limit_of, self._budget = app, limit_of, budget
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(IN_MEMORY) as body, SpooledTemporaryFile(IN_MEMORY) as content:
            held = 0
            try:
                try:
                    async for piece in _body(scope, receive, self._limit_of(scope["path"])):
                        held += len(piece)
                        self._held += len(piece)
                        if self._held > self._budget and held > SMALL:
                            raise _Refused(503, "The server is receiving too much data. Try again later.")
                        body.write(piece)
                except _Refused as refusal:
                    await _refuse(send, refusal)
                    return
                response = _Response(content)
                await self._app(_with_length(scope, body.tell()), _replay(body), response.take)
            finally:
                self._held -= held
            await _deliver(response, send)


class _Refused(Exception):  # noqa: N818 - the answer to a request, not a fault
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


async def _body(scope: Scope, receive: Receive, limit: int) -> AsyncIterator[bytes]:
    """The pieces of the body. Raises _Refused; ends without error when the client disconnects early."""
    too_large = _Refused(413, f"The request is larger than {limit // 1_000_000} MB.")
    if _declared(scope) > limit:
        raise too_large
    loop = asyncio.get_running_loop()
    began, received, has_more = loop.time(), 0, True
    while has_more:
        left = began + GRACE_SECONDS + received / SLOWEST - loop.time()
        try:
            message = await asyncio.wait_for(receive(), min(left, GRACE_SECONDS))
        except TimeoutError:
            raise _Refused(408, "The request took too long to arrive.") from None
        if message["type"] == "http.disconnect":
            raise _Refused(408, "The client disconnected.")
        piece = message.get("body", b"")
        received += len(piece)
        if received > limit:
            raise too_large
        has_more = message.get("more_body", False)
        yield piece


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:19])
    return 0


def _with_length(scope: Scope, length: int) -> Scope:
    """With the length of the body where the client sent it in chunks and named none: WSGI would read nothing."""
    names = {name for name, _ in scope["headers"]}
    if b"content-length" in names or b"transfer-encoding" not in names:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"transfer-encoding"]
    return {**scope, "headers": [*headers, (b"content-length", str(length).encode())]}


def _replay(body: IO[bytes]) -> Receive:
    """A `receive` that hands out the stored body, then says that the client is gone."""
    size = body.tell()
    body.seek(0)
    is_complete = False

    async def receive() -> Message:
        nonlocal is_complete
        if is_complete:
            return {"type": "http.disconnect"}
        piece = body.read(PIECE)
        is_complete = body.tell() >= size
        return {"type": "http.request", "body": piece, "more_body": not is_complete}

    return receive


class _Response:
    """What the application answered: its start, and its content in a file."""

    def __init__(self, content: IO[bytes]) -> None:
        self.start: Message | None = None
        self.content = content

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.content.write(message.get("body", b""))


async def _deliver(response: _Response, send: Send) -> None:
    if response.start is None:
        return
    size = response.content.tell()
    response.content.seek(0)
    await send(response.start)
    while True:
        piece = response.content.read(PIECE)
        has_more = response.content.tell() < size
        try:
            await asyncio.wait_for(
                send({"type": "http.response.body", "body": piece, "more_body": has_more}), GRACE_SECONDS
            )
        except TimeoutError:
            return
        if not has_more:
            return


async def _refuse(send: Send, refusal: _Refused) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.reason.encode()})
