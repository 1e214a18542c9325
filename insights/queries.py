"""What the pages show besides curves: the incidents as dots, what breaks, when it happens, where time goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from figures.draw import spoken
from incidents.models import Status
from incidents.models.reference import address_of, reference_of
from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import cohort_cte, rows

DOTS = 600  # more than that become bars of a slice of time
SLICES = 24


@dataclass(frozen=True)
class Dot:
    number: int
    title: str
    began: datetime
    seconds: float
    is_over: bool

    @property
    def words(self) -> str:
        return spoken(self.seconds)

    @property
    def reference(self) -> str:
        return reference_of(self.number)

    @property
    def url(self) -> str:
        return address_of(self.number)


@dataclass(frozen=True)
class Slice:
    """What began in one slice of the period."""

    began: datetime
    count: int
    p10: float
    median: float
    p90: float


def dots(scope: Scope, metric: Metric, limit: int = DOTS) -> list[Dot]:
    """The newest first; those still running last as long as they do at the horizon."""
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort} SELECT i.number, i.title, o.began, o.lasted, o.is_over FROM (
          SELECT c.id, c.began, {metric.lasted} AS lasted, {metric.is_over} AS is_over
          FROM cohort AS c {metric.join} WHERE {metric.applies}
        ) AS o JOIN incidents_incident AS i USING (id)
        WHERE o.lasted IS NOT NULL ORDER BY o.began DESC, i.number DESC LIMIT %s""",
        (*params, limit),
    )
    return [Dot(*row) for row in found]


def slices(scope: Scope, metric: Metric) -> list[Slice]:
    """The period cut into equal slices of time, those without a complete observation left out."""
    first = scope.since or scope.began_first
    if first is None:
        return []
    whole = max(scope.horizon - first, timedelta(seconds=1)).total_seconds()
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort} SELECT slice, count(*), percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY seconds)
        FROM (
          SELECT {metric.seconds} AS seconds,
            least(floor(date_part('epoch', c.began - %s) / %s * %s), %s)::int AS slice
          FROM cohort AS c {metric.join} WHERE {metric.applies}) AS o
        WHERE seconds IS NOT NULL GROUP BY slice ORDER BY slice""",
        (*params, first, whole, SLICES, SLICES - 1),
    )
    return [
        Slice(first + timedelta(seconds=whole * (slice + 0.5) / SLICES), count, *quantiles)
        for slice, count, quantiles in found
    ]


@dataclass(frozen=True)
class Broken:
    """One service: how many incidents, how long one lasted in the middle."""

    name: str
    slug: str
    count: int
    median: float | None
    impact: float


def broken(scope: Scope, limit: int = 8) -> list[Broken]:
    """Most incidents first. The intervals of one service on one incident never overlap: their sum is their union."""
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort}, hits AS (
          SELECT a.service_id, c.id, c.resolved_at - c.impact_started_at AS lasted,
            sum(greatest(date_part('epoch', coalesce(a.ended_at, c.now) - a.started_at), 0)) AS impact
          FROM cohort AS c JOIN incidents_affectedservice AS a ON a.incident_id = c.id GROUP BY 1, 2, 3)
        SELECT s.name, s.slug, told.* FROM (
          SELECT service_id, count(*) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', lasted)),
            sum(impact) AS impact FROM hits GROUP BY service_id ORDER BY count DESC, impact DESC LIMIT %s
        ) AS told JOIN incidents_service AS s ON s.id = told.service_id ORDER BY count DESC, impact DESC""",
        (*params, limit),
    )
    return [Broken(name, slug, *values) for name, slug, _, *values in found]


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
    cohort, params = cohort_cte(scope)
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
MONDAY = "timestamp '1970-01-05'"
DAY, WEEK = 86_400, 604_800


def responder_hours(scope: Scope, zone: str, person: int | None = None) -> dict[str, float]:
    """Hours by band of the local day; of everybody together, or of one person.

    The seconds of a band between two moments are those since a Monday long ago up to the later one, less those up to
    the earlier one. Only where the clocks change in between, the hours are walked one by one.
    """
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort}, stretches AS (
          SELECT p.user_id, s.started_at AS a, s.last_at AS b FROM cohort AS c
          JOIN incidents_participation AS p ON p.incident_id = c.id
          JOIN incidents_activitysession AS s ON s.participation_id = p.id
          WHERE %s::bigint IS NULL OR p.user_id = %s
          UNION ALL SELECT p.user_id, p.joined_at, p.left_at FROM cohort AS c
          JOIN incidents_participation AS p ON p.incident_id = c.id
          WHERE p.left_at >= p.joined_at AND (%s::bigint IS NULL OR p.user_id = %s)),
        merged AS (SELECT user_id, unnest(range_agg(tstzrange(a, b + interval '30 minutes'))) AS one
          FROM stretches GROUP BY user_id),
        worked AS (SELECT lower(one) AS a,
          greatest(upper(one) - interval '30 minutes', lower(one) + interval '5 minutes') AS b FROM merged),
        timed AS (SELECT a, b, date_part('epoch', b - a) AS seconds,
          (b AT TIME ZONE %s) - (a AT TIME ZONE %s) = b - a AS is_steady,
          date_part('epoch', (a AT TIME ZONE %s) - {MONDAY}) AS first,
          date_part('epoch', (b AT TIME ZONE %s) - {MONDAY}) AS last FROM worked),
        in_weeks AS (SELECT seconds, floor(first / {WEEK}) AS w1, floor(last / {WEEK}) AS w2,
          first - floor(first / {WEEK}) * {WEEK} AS r1, last - floor(last / {WEEK}) * {WEEK} AS r2
          FROM timed WHERE is_steady),
        in_days AS (SELECT *, {_day_of("r1")} AS d1, {_day_of("r2")} AS d2, {_second_of("r1")} AS s1,
          {_second_of("r2")} AS s2 FROM in_weeks),
        summed AS (
          SELECT sum(seconds) AS whole, sum((w2 - w1) * {2 * DAY}
              + greatest(r2 - {5 * DAY}, 0) - greatest(r1 - {5 * DAY}, 0)) AS weekend,
            sum({_between(8, 18)}) AS day, sum({_between(18, 23)}) AS evening FROM in_days),
        hours AS (SELECT hour AT TIME ZONE %s AS at,
            date_part('epoch', least(b, hour + interval '1 hour') - greatest(a, hour)) AS seconds
          FROM timed, generate_series(date_trunc('hour', a, %s), b, interval '1 hour') AS hour
          WHERE NOT is_steady)
        SELECT 'weekend', weekend / 3600 FROM summed UNION ALL SELECT 'day', day / 3600 FROM summed
        UNION ALL SELECT 'evening', evening / 3600 FROM summed
        UNION ALL SELECT 'night', (whole - weekend - day - evening) / 3600 FROM summed
        UNION ALL SELECT CASE WHEN extract(isodow FROM at) > 5 THEN 'weekend'
            WHEN extract(hour FROM at) BETWEEN 8 AND 17 THEN 'day'
            WHEN extract(hour FROM at) BETWEEN 18 AND 22 THEN 'evening' ELSE 'night' END, sum(seconds) / 3600
        FROM hours GROUP BY 1""",
        (*params, person, person, person, person, *[zone] * 6),
    )
    hours = dict.fromkeys(BANDS, 0.0)
    for band, spent in found:
        hours[band] += max(spent or 0.0, 0.0)
    return hours


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


PHASES = {
    "detect": "noticing",
    "declare": "declaring",
    "mitigate": "stopping the impact",
    "verify": "verifying and resolving",
}


@dataclass(frozen=True)
class Phases:
    """Seconds per phase, summed over the incidents that have all five times in order; and the latest of them."""

    complete: int
    of: int
    sums: dict[str, float]
    latest: list[tuple[Dot, list[float]]]


COMPLETE = (
    "impact_started_at <= detected_at AND detected_at <= declared_at AND declared_at <= mitigated_at "
    "AND mitigated_at <= resolved_at"
)
PARTS = (
    "date_part('epoch', detected_at - impact_started_at)", "date_part('epoch', declared_at - detected_at)",
    "date_part('epoch', mitigated_at - declared_at)", "date_part('epoch', resolved_at - mitigated_at)",
)  # fmt: skip


def phases(scope: Scope, latest: int = 12) -> Phases:
    cohort, params = cohort_cte(scope)
    sums = ", ".join(f"coalesce(sum({part}) FILTER (WHERE {COMPLETE}), 0)" for part in PARTS)
    ((of, complete, *summed),) = rows(
        f"WITH {cohort} SELECT count(*), count(*) FILTER (WHERE {COMPLETE}), {sums} FROM cohort", params
    )
    parts = ", ".join(PARTS)
    found = rows(
        f"""WITH {cohort} SELECT i.number, i.title, told.* FROM (
          SELECT id, began, {parts} FROM cohort WHERE {COMPLETE} ORDER BY began DESC LIMIT %s
        ) AS told JOIN incidents_incident AS i USING (id) ORDER BY told.began DESC""",
        (*params, latest),
    )
    shown = [(Dot(number, title, began, sum(told), True), told) for number, title, _, began, *told in found]
    return Phases(complete, of, dict(zip(PHASES, summed, strict=True)), shown)


STAYS = (Status.TRIAGE, Status.INVESTIGATING, Status.FIXING, Status.MITIGATED, Status.RESOLVED)


@dataclass(frozen=True)
class Stay:
    status: str
    label: str
    incidents: int
    stays: int
    seconds: float
    median: float


def stays(scope: Scope) -> list[Stay]:
    """Per status: how many went through it, how often, how long in all, and an incident's time in the middle."""
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort}, summed AS (
          SELECT c.id, p.status, count(*) AS stays,
            sum(date_part('epoch', coalesce(p.ended_at, c.now) - p.started_at)) AS seconds
          FROM cohort AS c JOIN incidents_statusperiod AS p ON p.incident_id = c.id GROUP BY c.id, p.status)
        SELECT status, count(*), sum(stays)::int, sum(seconds), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
        FROM summed WHERE status = ANY(%s) GROUP BY status""",
        (*params, [str(status) for status in STAYS]),
    )
    by_status = {row[0]: row[1:] for row in found}
    return [Stay(s.value, str(s.label), *by_status[s.value]) for s in STAYS if s.value in by_status]
