"""When is it, and from where does the change come: the two things every verb asks about its surroundings.

A live request, a task and a replayed recording run the same verbs; a replay only moves the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)
_origin: ContextVar[str] = ContextVar("origin", default="")


def now() -> datetime:
    """The instant a verb acts at, UTC: the wall clock, or the replayed moment inside `at()`."""
    return _moment.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment` (aware)."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def origin() -> str:
    """Where the change comes from: an address, `command replay`, `task …`."""
    return _origin.get()


@contextmanager
def coming_from(place: str) -> Iterator[None]:
    token = _origin.set(place)
    try:
        yield
    finally:
        _origin.reset(token)
