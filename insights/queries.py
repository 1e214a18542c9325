"""What the pages show besides curves: the incidents as dots, what breaks, when it happens, where time goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from figures.draw import spoken
from incidents.models import Status
from incidents.models.reference import address_of, reference_of
from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import cohort_cte, rows
from insights.observing import median, quantiles, seconds_of, sent

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


def dots(scope: Scope, metric: Metric, limit: int = DOTS, *, of: list[int] | None = None) -> list[Dot]:
    """The newest first; those still running last as long as they do at the horizon. `of` are ids of incidents."""
    cohort, params = cohort_cte(scope)
    chosen = "" if of is None else "AND c.id = ANY(%s)"
    found = rows(
        f"""WITH {cohort} SELECT i.number, i.title, o.began, o.lasted, o.is_over FROM (
          SELECT c.id, c.began, {metric.lasted} AS lasted, {metric.is_over} AS is_over
          FROM cohort AS c {metric.join} WHERE {metric.applies} {chosen}
        ) AS o JOIN incidents_incident AS i USING (id)
        WHERE o.lasted IS NOT NULL ORDER BY o.began DESC, i.number DESC LIMIT %s""",
        (*params, *([] if of is None else [of]), limit),
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
        f"""WITH {cohort} SELECT slice, count(*), {sent("seconds")} FROM (
          SELECT {metric.seconds} AS seconds,
            least(floor(date_part('epoch', c.began - %s) / %s * %s), %s)::int AS slice
          FROM cohort AS c {metric.join} WHERE {metric.applies}) AS o
        WHERE seconds IS NOT NULL GROUP BY slice ORDER BY slice""",
        (*params, first, whole, SLICES, SLICES - 1),
    )
    return [
        Slice(first + timedelta(seconds=whole * (slice + 0.5) / SLICES), count, *told)
        for slice, count, seconds in found
        if (told := quantiles(seconds_of(seconds), 0.1, 0.5, 0.9))
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
          SELECT a.service_id, c.id, date_part('epoch', c.resolved_at - c.impact_started_at) AS lasted,
            sum(greatest(date_part('epoch', coalesce(a.ended_at, c.now) - a.started_at), 0)) AS impact
          FROM cohort AS c JOIN incidents_affectedservice AS a ON a.incident_id = c.id GROUP BY 1, 2, 3)
        SELECT s.name, s.slug, told.* FROM (
          SELECT service_id, count(*) AS count, {sent("lasted")}, sum(impact) AS impact
          FROM hits GROUP BY service_id ORDER BY count DESC, impact DESC LIMIT %s
        ) AS told JOIN incidents_service AS s ON s.id = told.service_id ORDER BY count DESC, impact DESC""",
        (*params, limit),
    )
    return [
        Broken(name, slug, count, median(lasted), impact) for name, slug, _, count, lasted, impact in found
    ]


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
        SELECT status, count(*), sum(stays)::int, sum(seconds), {sent("seconds::float8")}
        FROM summed WHERE status = ANY(%s) GROUP BY status""",
        (*params, [str(status) for status in STAYS]),
    )
    by_status = {status: (*counted, median(seconds) or 0.0) for status, *counted, seconds in found}
    return [Stay(s.value, str(s.label), *by_status[s.value]) for s in STAYS if s.value in by_status]
