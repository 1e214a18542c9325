"""Counts, means, quantiles and their Kaplan–Meier twins, all in SQL: what a page shows costs one pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import EPSILON, cohort_cte, product_ctes, rows
from insights.survival import Curve, curve_of

EVERYTHING = ""
KEYS = {
    EVERYTHING: ("''::text", ""),
    "severity": ("severity.name", "JOIN incidents_severity AS severity ON severity.id = c.severity_id"),
    "month": ("to_char(c.began AT TIME ZONE 'UTC', 'YYYY-MM')", ""),
    "quarter": ("to_char(c.began AT TIME ZONE 'UTC', 'YYYY-\"Q\"Q')", ""),
    "type": (
        "coalesce(kind.name, 'none')",
        "LEFT JOIN incidents_incidenttype AS kind ON kind.id = c.incident_type_id",
    ),
    "service": (
        "coalesce(service.name, 'none')",
        "LEFT JOIN (SELECT DISTINCT incident_id, service_id FROM incidents_affectedservice) AS hit "
        "ON hit.incident_id = c.id LEFT JOIN incidents_service AS service ON service.id = hit.service_id",
    ),
    "team": (
        "coalesce(team.name, 'none')",
        "LEFT JOIN (SELECT DISTINCT incident_id, owner_team_id FROM incidents_affectedservice AS a "
        "JOIN incidents_service AS s ON s.id = a.service_id WHERE owner_team_id IS NOT NULL) AS owned "
        "ON owned.incident_id = c.id LEFT JOIN accounts_team AS team ON team.id = owned.owner_team_id",
    ),
}


@dataclass(frozen=True)
class Cell:
    """One metric of one group, in seconds."""

    count: int
    of: int
    known: int  # complete, or still running
    mean: float | None
    median: float | None
    p90: float | None
    km_median: float | None = None
    km_p90: float | None = None
    longest: float | None = None

    @property
    def coverage(self) -> float | None:
        return self.known / self.of if self.of else None

    @property
    def running(self) -> int:
        return self.known - self.count

    def as_json(self) -> dict[str, Any]:
        names = ("count", "coverage", "mean", "median", "p90", "km_median", "km_p90")
        return {name: getattr(self, name) for name in names}


def cells(
    scope: Scope, metrics: Sequence[Metric], by: str = EVERYTHING, computed: Mapping[str, Curve] | None = None
) -> dict[str, dict[str, Cell]]:
    """{group: {metric: Cell}}; without groups the one key is empty. `computed`: curves of everything that are there already."""
    return cells_of(cohort_cte(scope), metrics, by, computed)


def cells_of(
    ctes: tuple[str, tuple],
    metrics: Sequence[Metric],
    by: str = EVERYTHING,
    computed: Mapping[str, Curve] | None = None,
) -> dict[str, dict[str, Cell]]:
    """The same of whatever `ctes` call the `cohort`."""
    plain = _plain(ctes, metrics, by)
    curves = {metric.key: _twins(ctes, metric, by, computed or {}) for metric in metrics}
    found: dict[str, dict[str, Cell]] = {}
    for key, *values in plain:
        found[key] = {}
        for place, metric in enumerate(metrics):
            of, known, count, mean, quantiles = values[place * 5 : place * 5 + 5]
            median, p90 = quantiles or (None, None)
            twin = curves[metric.key].get(key, (None, None, None))
            found[key][metric.key] = Cell(count, of, known, mean, median, p90, *twin)
    return found


def joins(metrics: Iterable[Metric]) -> str:
    return " ".join(dict.fromkeys(metric.join for metric in metrics if metric.join))


def _plain(ctes: tuple[str, tuple], metrics: Sequence[Metric], by: str) -> list[tuple]:
    key, join = KEYS[by]
    cohort, params = ctes
    columns = ", ".join(
        f"({m.applies}) AS a{n}, CASE WHEN {m.applies} THEN {m.seconds} END AS s{n}, "
        f"({m.applies}) AND ({m.lasted}) IS NOT NULL AS k{n}"
        for n, m in enumerate(metrics)
    )
    numbers = ", ".join(
        f"count(*) FILTER (WHERE a{n}), count(*) FILTER (WHERE k{n} OR s{n} IS NOT NULL), count(s{n}), avg(s{n}), "
        f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY s{n})"
        for n in range(len(metrics))
    )
    group = "GROUP BY key ORDER BY key" if by else ""
    chosen = "key" if by else "''"
    return rows(
        f"WITH {cohort} SELECT {chosen}, {numbers} "
        f"FROM (SELECT {key} AS key, {columns} FROM cohort AS c {join} {joins(metrics)}) AS observed {group}",
        params,
    )


def survival_ctes(metric: Metric, by: str = EVERYTHING) -> str:
    """`steps`: (key, lasted, over, at_risk, survival) at every length that occurs; one sort serves them all."""
    key, join = KEYS[by]
    return f"""
      lengths AS (
        SELECT key, lasted, count(*) FILTER (WHERE is_over) AS over, count(*) AS leaving FROM (
          SELECT {key} AS key, {metric.lasted} AS lasted, {metric.is_over} AS is_over
          FROM cohort AS c {join} {metric.join} WHERE {metric.applies}
        ) AS observed WHERE lasted IS NOT NULL GROUP BY key, lasted),
      {product_ctes("PARTITION BY key" if by else "")}
    """


def _twins(
    ctes: tuple[str, tuple], metric: Metric, by: str, computed: Mapping[str, Curve]
) -> dict[str, tuple]:
    """{group: (median, p90, longest)} with those that are still running."""
    if by == EVERYTHING:
        # Sorts nothing, however many there are.
        whole = computed.get(metric.key) or curve_of(ctes, metric)
        return {EVERYTHING: (whole.median, whole.p90, whole.longest)}
    return _kaplan_meier(ctes, metric, by)


def _kaplan_meier(ctes: tuple[str, tuple], metric: Metric, by: str) -> dict[str, tuple]:
    """{group: (median, p90, longest)} by the product-limit estimate: Ŝ(t) = ∏(1 − dᵢ/nᵢ)."""
    cohort, params = ctes
    found = rows(
        f"WITH {cohort}, {survival_ctes(metric, by)} "
        "SELECT key, min(lasted) FILTER (WHERE survival <= %s), min(lasted) FILTER (WHERE survival <= %s), "
        "max(lasted) FROM steps GROUP BY key",
        (*params, 0.5 + EPSILON, 0.1 + EPSILON),
    )
    return {key: tuple(values) for key, *values in found}
