"""Messages between an editor and the server: y-protocols' sync and awareness, and two kinds of our own that confirm.

    0 0 state vector    what the sender has            0 1 update   all that it lacks        0 2 update   news
    1 awareness         carets and who is here         2 n update   please keep: the n-th    3 n          n is kept
    4 yes or no         whether the reader may write
Numbers are variable-length unsigned integers; bytes and text come with their length (lib0's encoding).
"""

import json
from typing import Any

SYNC, AWARENESS, KEEP, KEPT, MAY_WRITE = 0, 1, 2, 3, 4
HAVE, LACKED, NEWS = 0, 1, 2
LARGEST = 2**53


class Garbled(ValueError):  # noqa: N818
    """Not a message of this protocol."""


class Reader:
    def __init__(self, message: bytes) -> None:
        self._message, self._at = message, 0

    def number(self) -> int:
        value = shift = 0
        while True:
            if self._at >= len(self._message) or shift > 56:
                raise Garbled("A number breaks off.")
            byte = self._message[self._at]
            self._at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if value > LARGEST:
            raise Garbled("A number is too large.")
        return value

    def chunk(self) -> bytes:
        length = self.number()
        if self._at + length > len(self._message):
            raise Garbled("Bytes are missing.")
        self._at += length
        return self._message[self._at - length : self._at]

    def end(self) -> None:
        if self._at != len(self._message):
            raise Garbled("There is more than there should be.")


def number(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(128 | value & 127)
        value >>= 7
    return bytes([*written, value])


def chunk(data: bytes) -> bytes:
    return number(len(data)) + data


def sync(kind: int, data: bytes) -> bytes:
    return bytes([SYNC, kind]) + chunk(data)


def awareness(data: bytes) -> bytes:
    return bytes([AWARENESS]) + chunk(data)


def kept(count: int) -> bytes:
    return bytes([KEPT]) + number(count)


def may_write(yes: bool) -> bytes:
    return bytes([MAY_WRITE, yes])


def read_awareness(data: bytes) -> tuple[int, int, dict[str, Any] | None]:
    """(client, clock, state) of an update about one client; None says that it is gone."""
    reader = Reader(data)
    if reader.number() != 1:
        raise Garbled("You can send only your own cursor.")
    client, clock, state = reader.number(), reader.number(), reader.chunk()
    reader.end()
    try:
        known = json.loads(state)
    except (ValueError, RecursionError) as error:
        raise Garbled("That is no state of an editor.") from error
    if known is not None and not isinstance(known, dict):
        raise Garbled("That is no state of an editor.")
    return client, clock, known


def read_cursor(state: dict[str, Any]) -> dict[str, Any] | None:
    """The cursor of an editor's state: two positions as Yjs writes them, or None.

    Raises Garbled for anything else: other editors would fail on it.
    Source: Yjs, createRelativePositionFromJSON.
    """
    cursor = state.get("cursor")
    if cursor is None:
        return None
    if not isinstance(cursor, dict) or set(cursor) != {"anchor", "head"}:
        raise Garbled("That is not a cursor.")
    if not all(_is_position(position) for position in cursor.values()):
        raise Garbled("That is not a position in a text.")
    return cursor


def _is_position(position: Any) -> bool:
    if not isinstance(position, dict) or set(position) - {"type", "tname", "item", "assoc"}:
        return False
    name, side = position.get("tname"), position.get("assoc", 0)
    return (
        all(_is_item(position.get(part)) for part in ("type", "item"))
        and (name is None or (isinstance(name, str) and len(name) <= 100))
        and type(side) is int
        and abs(side) <= 1
    )


def _is_item(found: Any) -> bool:
    if found is None:
        return True
    return (
        isinstance(found, dict)
        and set(found) == {"client", "clock"}
        and all(type(n) is int and 0 <= n < 2**53 for n in found.values())
    )


def write_awareness(client: int, clock: int, state: dict[str, Any] | None) -> bytes:
    return number(1) + number(client) + number(clock) + chunk(json.dumps(state).encode())
