"""Were updates published by their due times? Counted over many incidents, by the same rule as on one."""

from dataclasses import dataclass

from incidents.models import Audience
from insights.cohort import Scope
from insights.definitions import owed
from insights.measuring import rows, told_cte


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
    cohort, params = told_cte(scope)
    active = "date_part('epoch', c.told_until - c.told_from)::float8 AS active"
    found = rows(
        f"""WITH {cohort}, owed AS (
          SELECT *, ended_at > due_at + greatest(interval '2 minutes', (due_at - since_at) / 10) AS is_late,
            ended_at = now AS is_open
          FROM ({owed("cohort AS c,", f"c.id, c.now, {active},")}) AS each),
        told AS (
          SELECT audience, min(active) AS active, count(*) FILTER (WHERE is_late OR NOT is_open) AS due,
            count(*) FILTER (WHERE NOT is_late AND NOT is_open) AS on_time,
            sum(greatest(date_part('epoch', ended_at - due_at), 0)) AS overdue
          FROM owed GROUP BY id, audience)
        SELECT audience, sum(due)::int, sum(on_time)::int, sum(overdue)::float8, sum(active)
        FROM told GROUP BY audience""",
        params,
    )
    order = list(Audience.values)
    return sorted((Promises(*row) for row in found), key=lambda one: order.index(one.audience))


def kept_share(everything: list[Promises]) -> float | None:
    due = sum(one.due for one in everything)
    return sum(one.on_time for one in everything) / due if due else None
