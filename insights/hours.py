"""When it happens: the hours and nights in which incidents ran, and the hours of those who worked on them."""

from dataclasses import dataclass

from incidents.models.people import MERGE_GAP, SHORTEST_STRETCH
from insights.cohort import Scope
from insights.measuring import narrow_cte, rows
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
DAY, WEEK = 86_400, 604_800
MONDAY = 4 * DAY  # the first one after the epoch
STARTS, SHIFTS = "(SELECT starts FROM zone)", "(SELECT shifts FROM zone)"


def responder_hours(scope: Scope, zone: str, person: int | None = None) -> dict[str, float]:
    """Hours by band of the local day; of everybody together, or of one person.

    Where a stretch of a person begins more than the gap after all that began before it, a merged one begins, and ends
    where these end. The seconds of a band between two moments are those since a Monday long ago up to the later one,
    less those up to the earlier one. Where the clocks change in between, a stretch is cut in two. Moments are numbers,
    and the zone is a list of offsets: PostgreSQL takes several times as long to put its own times into a zone.
    """
    cohort, params = narrow_cte(scope, "id")
    offsets = offsets_of(zone)
    starts, shifts = [start for start, _ in offsets], [shift for _, shift in offsets]
    found = rows(
        f"""WITH {cohort}, moments AS (
          SELECT p.user_id, unnest(worked_from) AS first, unnest(worked_until) AS last FROM cohort AS c
          JOIN incidents_participation AS p ON p.incident_id = c.id WHERE %s::bigint IS NULL OR p.user_id = %s),
        stretches AS (
          SELECT user_id, date_part('epoch', first) AS a, date_part('epoch', last) AS b FROM moments),
        so_far AS (
          SELECT user_id, a, max(b) OVER whole AS last,
            max(b) OVER (PARTITION BY user_id ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM stretches WINDOW whole AS (PARTITION BY user_id)),
        merged AS (
          SELECT a, coalesce(lead(before) OVER (PARTITION BY user_id ORDER BY a), last) AS b
          FROM so_far WHERE before IS NULL OR a > before + {GAP}),
        worked AS (SELECT a, greatest(b, a + {SHORTEST}) AS b FROM merged),
        zone AS MATERIALIZED (SELECT %s::float8[] AS starts, %s::float8[] AS shifts),
        zoned AS MATERIALIZED (
          SELECT a, b, width_bucket(a, {STARTS}) AS z1, width_bucket(b, {STARTS}) AS z2 FROM worked),
        timed AS (
          SELECT a + {SHIFTS}[z1] AS first, b + {SHIFTS}[z1] AS last FROM zoned WHERE z1 = z2
          UNION ALL SELECT greatest(a, {STARTS}[z]) + {SHIFTS}[z],
            CASE WHEN z = z2 THEN b ELSE {STARTS}[z + 1] END + {SHIFTS}[z]
          FROM zoned, generate_series(z1, z2) AS z WHERE z1 < z2),
        in_weeks AS (SELECT last - first AS seconds, floor(first / {WEEK}) AS w1, floor(last / {WEEK}) AS w2,
          first - floor(first / {WEEK}) * {WEEK} AS r1, last - floor(last / {WEEK}) * {WEEK} AS r2 FROM timed),
        in_days AS (SELECT *, {_day_of("r1")} AS d1, {_day_of("r2")} AS d2, {_second_of("r1")} AS s1,
          {_second_of("r2")} AS s2 FROM in_weeks)
        SELECT sum(seconds), sum((w2 - w1) * {2 * DAY} + greatest(r2 - {5 * DAY}, 0) - greatest(r1 - {5 * DAY}, 0)),
          sum({_between(8, 18)}), sum({_between(18, 23)}) FROM in_days""",
        (*params, person, person, starts, [shift - MONDAY for shift in shifts]),
    )
    whole, weekend, day, evening = (seconds or 0.0 for seconds in found[0])
    parts = {"day": day, "evening": evening, "night": whole - weekend - day - evening, "weekend": weekend}
    return {band: max(seconds, 0.0) / 3600 for band, seconds in parts.items()}


def _day_of(rest: str) -> str:
    """SQL: the whole weekdays in `rest`, the seconds since Monday."""
    return f"least(floor({rest} / {DAY}), 5)"


def _second_of(rest: str) -> str:
    """SQL: the second of the weekday at `rest`; 0 at weekends."""
    return f"CASE WHEN {rest} < {5 * DAY} THEN {rest} - floor({rest} / {DAY}) * {DAY} ELSE 0 END"


def _between(first: int, last: int) -> str:
    """SQL: the seconds between two hours of weekdays, from week w1, day d1, second s1 to w2, d2, s2."""
    length = (last - first) * 3600
    part = "least(greatest({0} - {1}, 0), {2})"
    ends = part.format("s2", first * 3600, length), part.format("s1", first * 3600, length)
    return f"((w2 - w1) * 5 + d2 - d1) * {length} + {ends[0]} - {ends[1]}"
