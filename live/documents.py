"""Sections that several people write at once: a WebSocket each, updates stored before they are confirmed, everybody
else told by notifications. No thread and no database connection is held while one is open."""

import asyncio
import base64
import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http.request import split_domain_port, validate_host

from accounts.models import User
from coediting import wire
from coediting.document import MAX_BYTES, Full, Gap, Malformed, Stale
from core.asgi import Receive, Scope, Send
from core.listen import Listener
from live.document_rows import admit, compare, in_pool, ring_presence, ring_who, updates
from retros.workflow.writing import topic_of, write_update

MAX_MESSAGE = MAX_BYTES + 4096  # a section that an editor has and the server lacks comes as one
MAX_PRESENCE = 4096
MOST_SEATS = 40  # editors open at once for one person in one process
PER_SECOND, BURST = 60, 600
SILENT = 30.0  # seconds; an editor that is open says so every 15
LOOK_AGAIN = 10.0  # seconds after which reach and the right to write are checked again
WAITING = 1000  # messages a slow reader may be behind
COLOURS = 6
GARBLED, NO_WRITING, NOT_HERE, FULL, TOO_MANY = 4400, 4403, 4404, 4413, 4429
TOO_BIG, RESTARTS, LATER = 1009, 1012, 1013


AWAY = (OperationalError, InterfaceError)  # the database, for a moment


class Closed(Exception):  # noqa: N818
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Seat:
    """One editor that is open."""

    def __init__(self, user: User, document_id: int, may_write: bool) -> None:
        self.user, self.document_id, self.may_write = user, document_id, may_write
        self.outgoing: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self.closing: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self.client: int | None = None
        self.clock = 0
        self._allowance, self._counted_at = float(BURST), time.monotonic()

    def tell(self, message: bytes) -> None:
        try:
            self.outgoing.put_nowait(message)
        except asyncio.QueueFull:
            self.close(LATER, "This connection is too slow. The editor reconnects and catches up.")

    def close(self, code: int, reason: str) -> None:
        if not self.closing.done():
            self.closing.set_result(Closed(code, reason))

    def count(self) -> None:
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._counted_at) * PER_SECOND)
        self._counted_at = now
        self._allowance -= 1
        if self._allowance < 0:
            raise Closed(TOO_MANY, "Too many messages.")


class Room:
    """The editors of one section in this process."""

    def __init__(self, document_id: int, listener: Listener) -> None:
        self.document_id, self.seats = document_id, set[Seat]()
        self.present: dict[int, tuple[float, bytes]] = {}
        self._listener = listener
        self.hearing = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        """Whatever ends this, nobody goes on believing that they hear: their editors come back and catch up."""
        try:
            with self._listener.subscription(topic_of(self.document_id)) as queue:
                while None not in (rings := [await queue.get()]):
                    missed = queue.qsize() >= queue.maxsize - 1  # it was full: what comes then is dropped
                    while not queue.empty():
                        rings.append(queue.get_nowait())
                    if None in rings:
                        return
                    heard = [ring for ring in rings if ring is not None]
                    await self._pass_on_once_possible(heard, missed or "hello" in heard)
        finally:
            for seat in self.seats:
                seat.close(RESTARTS, "The server restarts.")

    async def _pass_on_once_possible(self, rings: list[str], missed: bool) -> None:
        while True:
            try:
                return await self._pass_on(rings, missed)
            except AWAY:
                missed = True
                await asyncio.sleep(0.5)

    async def _pass_on(self, rings: list[str], missed: bool) -> None:
        for ring in rings:
            if ring.startswith("a"):
                self._show(base64.b64decode(ring[1:]))
            elif ring == "who":
                for seat in list(self.seats):
                    if seat.client in self.present:
                        await in_pool(ring_presence, self.document_id, self.present[seat.client][1])
        numbers = {int(ring) for ring in rings if ring.isdigit()}
        found = await in_pool(updates, self.document_id, numbers) if numbers else []
        for update in found:
            self._tell_all(wire.sync(wire.NEWS, update))
        if missed or len(found) < len(numbers):
            vector, _ = await in_pool(compare, self.document_id, None)
            self._tell_all(wire.sync(wire.HAVE, vector))

    def _show(self, presence: bytes) -> None:
        client, _, state = wire.read_awareness(presence)
        if state is None:
            self.present.pop(client, None)
        else:
            self.present[client] = time.monotonic(), presence
        self._tell_all(wire.awareness(presence))

    def here(self) -> list[bytes]:
        """Carets of people active a moment ago: editors of a process that was killed never say that they go."""
        since = time.monotonic() - SILENT
        self.present = {client: (at, said) for client, (at, said) in self.present.items() if at > since}
        return [said for _, said in self.present.values()]

    def _tell_all(self, message: bytes) -> None:
        for seat in self.seats:
            seat.tell(message)


class DocumentSync:
    """The ASGI application of the WebSocket /live/documents/<number>/."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._rooms: dict[int, Room] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        try:
            admitted = await in_pool(admit, scope) if _is_own_page(scope) else None
        except AWAY:
            await send({"type": "websocket.close", "code": LATER})
            return
        if admitted is None:
            await send({"type": "websocket.close", "code": NOT_HERE})  # before it is accepted: a 403
            return
        if self._seats_of(admitted[0]) >= MOST_SEATS:
            await send({"type": "websocket.close", "code": TOO_MANY})
            return
        await send({"type": "websocket.accept"})
        seat = Seat(*admitted)
        room = self._enter(seat)
        work: list[asyncio.Future[Any]] = [
            asyncio.create_task(_listen(seat, receive)),
            asyncio.create_task(_speak(seat, send)),
            asyncio.create_task(_watch(seat, scope)),
            asyncio.ensure_future(seat.closing),
        ]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            closed = _reason_of(done, seat)
        finally:
            for task in work:
                task.cancel()
            self._leave(room, seat)
        if closed:
            await send({"type": "websocket.close", "code": closed.code, "reason": closed.reason[:120]})
        await _say_gone(seat)

    def _seats_of(self, user: User) -> int:
        return sum(seat.user.pk == user.pk for room in self._rooms.values() for seat in room.seats)

    def _enter(self, seat: Seat) -> Room:
        room = self._rooms.get(seat.document_id)
        if room is None or room.hearing.done():
            room = self._rooms[seat.document_id] = Room(seat.document_id, self._listener)
        room.seats.add(seat)
        for presence in room.here():
            seat.tell(wire.awareness(presence))
        return room

    def _leave(self, room: Room, seat: Seat) -> None:
        room.seats.discard(seat)
        if seat.client is not None:
            room.present.pop(seat.client, None)
        if not room.seats:
            room.hearing.cancel()
            if self._rooms.get(room.document_id) is room:
                del self._rooms[room.document_id]


def _reason_of(done: set, seat: Seat) -> Closed | None:
    """Why it ends; None where the browser went by itself. Faults of our own go on to the log."""
    for task in done:
        if task is not seat.closing and task.exception() is not None:
            if isinstance(error := task.exception(), Closed):
                return error
            raise error
        if isinstance(task.result(), Closed):
            return task.result()
    return None


async def _listen(seat: Seat, receive: Receive) -> None:
    """Take what the editor sends, one after the other: who sends faster than it can be stored waits."""
    await _catch_up(seat, None)
    await in_pool(ring_who, seat.document_id)
    while (message := await receive())["type"] != "websocket.disconnect":
        data = message.get("bytes") or b""
        seat.count()
        if len(data) > MAX_MESSAGE:
            raise Closed(TOO_BIG, "This change is too large.")
        try:
            await _take(seat, data)
        except (wire.Garbled, Malformed) as error:
            raise Closed(GARBLED, str(error)) from error
        except Gap as error:
            raise Closed(LATER, str(error)) from error
        except Full as error:
            raise Closed(FULL, str(error)) from error
        except (PermissionDenied, ValidationError) as error:
            said = error.messages[0] if isinstance(error, ValidationError) else str(error)
            raise Closed(NO_WRITING, said) from error
        except AWAY as error:
            raise Closed(LATER, "The database is not available. Nothing was saved.") from error


async def _take(seat: Seat, data: bytes) -> None:
    reader = wire.Reader(data)
    kind = reader.number()
    if kind == wire.KEEP:
        count, update = reader.number(), reader.chunk()
        reader.end()
        try:
            await in_pool(partial(write_update, document_id=seat.document_id, update=update, by=seat.user))
        except Stale:
            await _catch_up(seat, None)  # the editor takes in what it lacks, and sends its change again
        else:
            seat.tell(wire.kept(count))
    elif kind == wire.SYNC and reader.number() == wire.HAVE:
        vector = reader.chunk()
        reader.end()
        await _catch_up(seat, vector)
    elif kind == wire.AWARENESS:
        presence = reader.chunk()
        reader.end()
        await in_pool(ring_presence, seat.document_id, _own(seat, presence))
    else:
        raise wire.Garbled("This is not a message from the editor.")


async def _catch_up(seat: Seat, vector: bytes | None) -> None:
    """Say what is here; to an editor that said what it has, all that it lacks."""
    ours, lacked = await in_pool(compare, seat.document_id, vector)
    seat.tell(wire.sync(wire.HAVE, ours) if vector is None else wire.sync(wire.LACKED, lacked))


async def _speak(seat: Seat, send: Send) -> None:
    seat.tell(wire.may_write(seat.may_write))
    while True:
        await send({"type": "websocket.send", "bytes": await seat.outgoing.get()})


async def _watch(seat: Seat, scope: Scope) -> None:
    """End when the session did or the retrospective left their reach; say when they may write no longer."""
    while True:
        await asyncio.sleep(LOOK_AGAIN)
        try:
            admitted = await in_pool(admit, scope)
        except AWAY:
            continue
        if admitted is None:
            raise Closed(NOT_HERE, "You can no longer see this.")
        seat.user = admitted[0]
        if admitted[2] != seat.may_write:
            seat.may_write = admitted[2]
            seat.tell(wire.may_write(seat.may_write))


async def _say_gone(seat: Seat) -> None:
    if seat.client is not None:
        gone = wire.write_awareness(seat.client, seat.clock + 1, None)
        try:
            await in_pool(ring_presence, seat.document_id, gone)
        except AWAY:
            return  # the editors of the others forget who says nothing


def _own(seat: Seat, presence: bytes) -> bytes:
    """What an editor says of itself, under the name of who is signed in, and of no other editor."""
    if len(presence) > MAX_PRESENCE:
        raise wire.Garbled("The cursor message is too large.")
    client, clock, state = wire.read_awareness(presence)
    if seat.client not in (None, client):
        raise wire.Garbled("You can send only your own cursor.")
    seat.client, seat.clock = client, clock
    if state is not None:
        user = {"name": str(seat.user), "initials": seat.user.initials, "colour": seat.user.pk % COLOURS}
        state = {"cursor": wire.read_cursor(state), "user": user}
    return wire.write_awareness(client, clock, state)


def _is_own_page(scope: Scope) -> bool:
    """A page of another site may not open this with the person's cookie; nor may a name that is not ours."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return origin in settings.CSRF_TRUSTED_ORIGINS or (bool(host) and urlsplit(origin).netloc == host)
