"""When somebody worked, merged by hand."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from incidents.models import Participation

GAP, SHORTEST = timedelta(minutes=30), timedelta(minutes=5)


def merged(stretches: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + GAP:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def seconds_of(stretches: Iterable[tuple[datetime, datetime]]) -> float:
    return sum(max(last - first, SHORTEST).total_seconds() for first, last in stretches)


def stretches_of(seat: Participation) -> list[tuple[datetime, datetime]]:
    """What is on record of one person on one incident."""
    found = list(seat.sessions.values_list("started_at", "last_at"))
    return (
        [*found, (seat.joined_at, seat.left_at)] if seat.left_at and seat.left_at >= seat.joined_at else found
    )
