"""How one attempt ended, and what follows from it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Outcome(Enum):
    TAKEN = "taken"
    LATER = "later"  # not now: busy, away, an error of theirs
    REFUSED = "refused"  # they answer, and say no; somebody may set that right within hours
    IMPOSSIBLE = "impossible"  # no attempt could ever succeed: a message nobody can write
    GONE = "gone"  # they ask never to be told again


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    words: str  # shown to administrators; never holds a secret
    is_away: bool = False  # says something about the destination, not about this message
    not_before: timedelta | None = None  # they asked to be left alone for so long
