"""Is a malformed cursor refused before it reaches other editors?"""

import pytest

from coediting import wire

ITEM = {"client": 7, "clock": 3}
POSITION = {"type": ITEM, "tname": None, "item": ITEM, "assoc": -1}


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        {"anchor": POSITION, "head": POSITION},
        {"anchor": {"tname": "default", "assoc": 0}, "head": {"type": None, "item": None}},
    ],
)
def test_what_editors_send_is_passed_on(cursor):
    assert wire.read_cursor({"cursor": cursor}) == cursor


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        7,
        [],
        {},
        {"anchor": POSITION},
        {"anchor": POSITION, "head": None},
        {"anchor": POSITION, "head": "end"},
        {"anchor": POSITION, "head": POSITION, "more": 1},
        {"anchor": POSITION, "head": POSITION | {"item": {"client": -1, "clock": 0}}},
        {"anchor": POSITION, "head": POSITION | {"item": {"client": "a", "clock": 0}}},
        {"anchor": POSITION, "head": POSITION | {"item": {"client": 1e300, "clock": 0}}},
        {"anchor": POSITION, "head": POSITION | {"type": "text"}},
        {"anchor": POSITION, "head": POSITION | {"tname": "x" * 101}},
        {"anchor": POSITION, "head": POSITION | {"assoc": True}},
        {"anchor": POSITION, "head": POSITION | {"assoc": {"a": 1}}},
        {"anchor": POSITION, "head": POSITION | {"__proto__": 1}},
    ],
)
def test_anything_else_is_refused(cursor):
    with pytest.raises(wire.Garbled):
        wire.read_cursor({"cursor": cursor})
