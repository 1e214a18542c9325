"""What is measured of each incident, read in one pass: as many metrics as are asked for, as arrays of seconds.

PostgreSQL sorts a hundred thousand lengths in a tenth of a second and NumPy in six milliseconds, and a page asks for
ten such sorts. So the lengths travel, as bytes, and are sorted where they arrive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from insights.definitions import Metric
from insights.measuring import rows

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
AT_ONCE = 3  # metrics that one statement sends: of a million incidents 24 MB of lengths


@dataclass(frozen=True)
class Observed:
    """One metric of one group; the arrays are seconds, in no order.

    `whole` counts the incidents, `of` those that could have the metric, `known` those whose length is known or still
    grows. `complete` are the complete observations; `ended` and `running` are all as they stood at the horizon.
    """

    whole: int
    of: int
    known: int
    complete: Any
    ended: Any
    running: Any


def observed(
    ctes: tuple[str, tuple], metrics: Sequence[Metric], by: str = EVERYTHING
) -> dict[str, dict[str, Observed]]:
    """{group: {metric: Observed}} of whatever `ctes` call the `cohort`, the groups in the order of their names.

    Without groups the one key is empty, and it is there even if there is no incident.
    """
    found: dict[str, dict[str, Observed]] = {}
    for start in range(0, len(metrics), AT_ONCE):
        some = metrics[start : start + AT_ONCE]
        for key, whole, *told in _read(ctes, some, by):
            group = found.setdefault(key, {})
            for place, metric in enumerate(some):
                of, known, *lengths = told[place * 6 : place * 6 + 6]
                both, complete, ended, running = map(seconds_of, lengths)
                group[metric.key] = Observed(
                    whole, of, known, _joined(both, complete), _joined(both, ended), running
                )
    for group in found.values():  # one that came or went between two statements
        for metric in metrics:
            group.setdefault(metric.key, Observed(0, 0, 0, *[seconds_of(None)] * 3))
    return found


def joins(metrics: Iterable[Metric]) -> str:
    return " ".join(dict.fromkeys(metric.join for metric in metrics if metric.join))


def sent(seconds: str) -> str:
    """SQL: all of these that are known, as the bytes that `seconds_of` reads."""
    return f"string_agg(float8send({seconds}), ''::bytea)"


def _read(ctes: tuple[str, tuple], metrics: Sequence[Metric], by: str) -> list[tuple]:
    key, join = KEYS[by]
    cohort, params = ctes
    columns = ", ".join(
        f"({m.applies}) AS a{n}, CASE WHEN {m.applies} THEN {m.seconds} END AS s{n}, "
        f"CASE WHEN {m.applies} THEN {m.lasted} END AS l{n}, {m.is_over} AS o{n}"
        for n, m in enumerate(metrics)
    )
    numbers = ", ".join(
        f"count(*) FILTER (WHERE a{n}), count(*) FILTER (WHERE l{n} IS NOT NULL OR s{n} IS NOT NULL), "
        f"{sent(f's{n}')} FILTER (WHERE {_is_both(n)}), {sent(f's{n}')} FILTER (WHERE NOT {_is_both(n)}), "
        f"{sent(f'l{n}')} FILTER (WHERE o{n} AND NOT {_is_both(n)}), {sent(f'l{n}')} FILTER (WHERE o{n} IS NOT TRUE)"
        for n in range(len(metrics))
    )
    # Without OFFSET each expression would be worked out once for every count and filter it stands in.
    chosen, group = ("key", "GROUP BY key ORDER BY key") if by else ("''", "")
    return rows(
        f"WITH {cohort} SELECT {chosen}, count(*), {numbers} "
        f"FROM (SELECT {key} AS key, {columns} FROM cohort AS c {join} {joins(metrics)} OFFSET 0) AS each {group}",
        params,
    )


def _is_both(n: int) -> str:
    """SQL: the complete observation is what had ended at the horizon, as nearly all are: then it is sent once."""
    return f"coalesce(o{n} AND l{n} = s{n}, FALSE)"


def _joined(most: Any, more: Any) -> Any:
    import numpy as np  # brings much along that few processes need

    return np.concatenate([most, more]) if more.size else most


def seconds_of(sent: memoryview | None) -> Any:
    """The array of what `sent` has written: IEEE 754, big-endian."""
    import numpy as np  # brings much along that few processes need

    return np.frombuffer(sent or b"", dtype=">f8").astype(float)


def quantiles(seconds: Any, *shares: float) -> list[float] | None:
    """Linear, as `percentile_cont` is; None of nothing."""
    import numpy as np  # brings much along that few processes need

    return np.quantile(seconds, shares).tolist() if seconds.size else None


def median(sent: memoryview | None) -> float | None:
    found = quantiles(seconds_of(sent), 0.5)
    return found[0] if found else None
