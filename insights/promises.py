"""Were updates published by their due times? Counted over many incidents, by the same rule as on one."""

from dataclasses import dataclass

from incidents.models import Audience
from insights.cohort import Scope
from insights.definitions import OWED
from insights.measuring import cohort_cte, rows


@dataclass(frozen=True)
class Promises:
    """Which updates one audience was due, and how many came; in seconds where it is time."""

    audience: str
    due: int
    on_time: int
    overdue: float
    active: float

    @property
    def label(self) -> str:
        return str(Audience(self.audience).label)

    @property
    def share(self) -> float | None:
        return self.on_time / self.due if self.due else None

    @property
    def overdue_share(self) -> float:
        return self.overdue / self.active if self.active else 0.0


def promises(scope: Scope) -> list[Promises]:
    """Per audience; what is still within its time, or within the grace, is neither kept nor missed yet."""
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort}, owed AS (
          SELECT c.id, c.now, owed.*, date_part('epoch', c.told_until - c.told_from)::float8 AS active,
            ended_at > due_at + greatest(interval '2 minutes', (due_at - since_at) / 10) AS is_late,
            ended_at = c.now AS is_open
          FROM cohort AS c CROSS JOIN LATERAL ({OWED}) AS owed)
        SELECT audience, count(*) FILTER (WHERE is_late OR NOT is_open),
          count(*) FILTER (WHERE NOT is_late AND NOT is_open),
          sum(greatest(date_part('epoch', ended_at - due_at), 0))::float8,
          (SELECT sum(active) FROM (SELECT DISTINCT id, active FROM owed AS one
            WHERE one.audience = owed.audience) AS each)
        FROM owed GROUP BY audience""",
        params,
    )
    order = list(Audience.values)
    return sorted((Promises(*row) for row in found), key=lambda one: order.index(one.audience))


def kept_share(everything: list[Promises]) -> float | None:
    due = sum(one.due for one in everything)
    return sum(one.on_time for one in everything) / due if due else None
