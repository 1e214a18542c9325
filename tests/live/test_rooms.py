"""The editors of one section in a process: what they get when there are more notifications than can be kept for them."""

import asyncio
import base64
import json

import pytest
from django.db import connections

from coediting import wire
from coediting.document import open_document
from coediting.markdown_merge import rewrite
from core.listen import BACKLOG, Listener
from live.document_rows import in_pool
from live.documents import SILENT, Room, Seat
from retros.workflow import write_update
from retros.workflow.writing import topic_of
from tests.loops import run as in_loop

CARET = wire.write_awareness(77, 1, {"user": {"name": "Mira"}})


@pytest.fixture
def in_room(transactional_db, document, commander):
    """`in_room(play)` runs `play(listener, room, seat)` with one editor in the room; what it was told."""

    def run(play) -> list[bytes]:
        async def whole() -> list[bytes]:
            listener = Listener()
            room, seat = Room(document.pk, listener), Seat(commander, document.pk, may_write=True)
            room.seats.add(seat)
            await asyncio.sleep(0)  # it listens
            await play(listener, room, seat)
            room.hearing.cancel()
            await in_pool(connections.close_all)
            return [seat.outgoing.get_nowait() for _ in range(seat.outgoing.qsize())]

        return in_loop(whole())

    return run


def _ring(listener: Listener, document, what: str) -> None:
    listener._pass_on(json.dumps({"topic": topic_of(document.pk), "what": what}))


def _who_is_said() -> str:
    return "a" + base64.b64encode(CARET).decode()


def test_who_missed_a_ring_is_asked_to_compare(in_room, document, commander):
    doc = open_document()
    number = write_update(document_id=document.pk, update=rewrite(doc, "Not to be missed."), by=commander)

    async def play(listener, room, seat):
        for _ in range(BACKLOG):
            _ring(listener, document, _who_is_said())
        _ring(listener, document, str(number))  # one more than is kept
        while seat.outgoing.qsize() < BACKLOG + 1:
            await asyncio.sleep(0.01)

    told = in_room(lambda *given: asyncio.wait_for(play(*given), 10))
    assert wire.sync(wire.HAVE, doc.get_state()) in told


def test_who_missed_nothing_is_not(in_room, document, commander):
    doc = open_document()
    update = rewrite(doc, "NotificationKind.")
    number = write_update(document_id=document.pk, update=update, by=commander)

    async def play(listener, room, seat):
        _ring(listener, document, str(number))
        while not seat.outgoing.qsize():
            await asyncio.sleep(0.01)

    assert in_room(lambda *given: asyncio.wait_for(play(*given), 10)) == [wire.sync(wire.NEWS, update)]


def test_a_room_that_is_behind_hears_that_the_server_stops(in_room, document):
    async def play(listener, room, seat):
        for _ in range(BACKLOG + 1):
            _ring(listener, document, _who_is_said())
        await listener.stop()
        assert (await seat.closing).code == 1012

    in_room(lambda *given: asyncio.wait_for(play(*given), 10))


def test_carets_of_who_fell_silent_are_shown_to_nobody_who_comes(in_room, document):
    async def play(listener, room, seat):
        room._show(CARET)
        assert room.here() == [CARET]
        at, said = room.present[77]
        room.present[77] = at - SILENT, said
        assert room.here() == []

    in_room(play)
