"""When it happens: the hours and nights in which incidents ran, and the hours of those who worked on them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from incidents.models.people import MERGE_GAP, SHORTEST_STRETCH
from insights.cohort import Scope
from insights.measuring import narrow_cte, rows
from insights.observing import seconds_of, sent
from insights.zone_offsets import offsets_of

GAP, SHORTEST = (length.total_seconds() for length in (MERGE_GAP, SHORTEST_STRETCH))
SHORTEST_MONTH = 28  # days


@dataclass(frozen=True)
class Load:
    """Of `weeks`, in how many an incident ran in each local hour of the week (Monday first); nights that had one
    within `days`.
    """

    hours: list[list[int]]
    weeks: int
    nights: int
    days: float = 7.0

    @property
    def nights_a_month(self) -> float | None:
        """None for a period shorter than a month: a rate would claim more than was seen."""
        month = 365.25 / 12
        return self.nights / self.days * month if self.days >= SHORTEST_MONTH else None


def load(scope: Scope, zone: str) -> Load:
    """A night is 23 to 08; it belongs to the day on which it begins."""
    cohort, params = narrow_cte(scope, "began", "status", "resolved_at", "mitigated_at")
    found = rows(
        f"""WITH {cohort}, stretches AS (
          SELECT unnest(range_agg(tstzrange(began, greatest(began, least(horizon, CASE WHEN status IN
              ('investigating', 'fixing', 'mitigated') THEN horizon
              ELSE coalesce(resolved_at, mitigated_at, began) END)), '[]'))) AS one FROM cohort),
        running AS (
          SELECT DISTINCT (hour AT TIME ZONE %s) AS at FROM stretches, generate_series(
            date_trunc('hour', lower(one), %s), upper(one), interval '1 hour') AS hour),
        whole AS (SELECT date_part('epoch', max(horizon) - coalesce(%s, min(began))) / 86400 AS days FROM cohort)
        SELECT extract(isodow FROM at)::int, extract(hour FROM at)::int, count(DISTINCT date_trunc('week', at))::int,
          (SELECT days FROM whole), (SELECT count(DISTINCT (at - interval '8 hours')::date) FROM running
            WHERE extract(hour FROM at) >= 23 OR extract(hour FROM at) < 8)::int
        FROM running GROUP BY 1, 2""",
        (*params, zone, zone, scope.since),
    )
    hours = [[0] * 24 for _ in range(7)]
    for day, hour, weeks, _, _ in found:
        hours[day - 1][hour] = weeks
    days, nights = (max(1.0, found[0][3]), found[0][4]) if found else (7.0, 0)
    return Load(hours, max(1, round(days / 7)), nights, days)


BANDS = {"day": "08–18", "evening": "18–23", "night": "23–08", "weekend": "Weekend"}
HOUR, DAY, WEEK = 3600, 86_400, 604_800
MONDAY = 4 * DAY  # the first one after the epoch


def responder_hours(scope: Scope, zone: str, person: int | None = None) -> dict[str, float]:
    """Hours by band of the local day; of everybody together, or of one person.

    The seconds of a band between two moments are those since a Monday long ago up to the later one, less those up to
    the earlier one. Where the clocks change in between, a stretch is cut in two.
    """
    cohort, params = narrow_cte(scope, "id")
    (stretches,) = rows(
        f"""WITH {cohort} SELECT {sent("user_id::float8")}, {sent("first")}, {sent("last")} FROM (
          SELECT p.user_id, date_part('epoch', unnest(worked_from)) AS first,
            date_part('epoch', unnest(worked_until)) AS last
          FROM cohort AS c JOIN incidents_participation AS p ON p.incident_id = c.id
          WHERE %s::bigint IS NULL OR p.user_id = %s) AS stretch""",
        (*params, person, person),
    )
    first, last = _local(*_merged(*map(seconds_of, stretches)), zone)
    bands = {
        "day": _of_weekdays(last, 8, 18) - _of_weekdays(first, 8, 18),
        "evening": _of_weekdays(last, 18, 23) - _of_weekdays(first, 18, 23),
        "weekend": _of_weekends(last) - _of_weekends(first),
    }
    found = {band: float(seconds.sum()) for band, seconds in bands.items()}
    found["night"] = float((last - first).sum()) - sum(found.values())
    return {band: max(found[band], 0.0) / HOUR for band in BANDS}


def _merged(people: Any, first: Any, last: Any) -> tuple[Any, Any]:
    """(first, last) of each merged stretch; a person on two incidents works once. Arrays of seconds.

    Where a stretch of a person begins more than the gap after all that began before it, a merged one begins, and ends
    where these end.
    """
    import numpy as np  # brings much along that few processes need

    if not people.size:
        return first, last
    order = np.lexsort((first, people))
    people, first, last = people[order], first[order], last[order]
    places = [0, *(np.flatnonzero(people[1:] != people[:-1]) + 1), people.size]
    for start, end in pairwise(places):
        np.maximum.accumulate(last[start:end], out=last[start:end])
    is_new = np.ones(people.size, dtype=bool)
    is_new[1:] = (people[1:] != people[:-1]) | (first[1:] > last[:-1] + GAP)
    starts = np.flatnonzero(is_new)
    ends = np.append(starts[1:], people.size) - 1
    return first[starts], np.maximum(last[ends], first[starts] + SHORTEST)


def _local(first: Any, last: Any, zone: str) -> tuple[Any, Any]:
    """The same by the clock of `zone`, in seconds since a Monday. Offsets are a short list: each moment looks up its own."""
    import numpy as np  # brings much along that few processes need

    starts, shifts = np.array(offsets_of(zone)).T
    shifts = shifts - MONDAY
    from_, to = (np.searchsorted(starts, moments, side="right") - 1 for moments in (first, last))
    within = from_ == to
    cut = [
        (max(first[n], starts[z]) + shifts[z], (last[n] if z == to[n] else starts[z + 1]) + shifts[z])
        for n in np.flatnonzero(~within)
        for z in range(from_[n], to[n] + 1)
    ]
    pieces = np.array(cut, dtype=float).reshape(-1, 2).T
    return (
        np.concatenate([first[within] + shifts[from_[within]], pieces[0]]),
        np.concatenate([last[within] + shifts[from_[within]], pieces[1]]),
    )


def _of_weekends(moments: Any) -> Any:
    """The seconds of weekends up to each."""
    import numpy as np  # brings much along that few processes need

    weeks, rest = np.divmod(moments, WEEK)
    return weeks * 2 * DAY + np.maximum(rest - 5 * DAY, 0)


def _of_weekdays(moments: Any, since: int, until: int) -> Any:
    """The seconds between two hours of weekdays up to each."""
    import numpy as np  # brings much along that few processes need

    weeks, rest = np.divmod(moments, WEEK)
    days, second = np.divmod(np.minimum(rest, 5 * DAY), DAY)
    length = (until - since) * HOUR
    return (weeks * 5 + days) * length + np.clip(second - since * HOUR, 0, length)
