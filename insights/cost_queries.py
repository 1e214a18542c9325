"""What incidents took: impact, users' time, responders' time, and money where somebody stated what that costs.

A missing one is never imputed and never zero: that incident leaves what it is missing from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from insights.cohort import Scope
from insights.definitions import STATED, USERS
from insights.measuring import narrow_cte, rows
from retros.models import CostAssumptions, RoleRate

Three = tuple[float, float, float]


@dataclass(frozen=True)
class Rates:
    """Low, likely and high, in `currency`; None where nobody stated it."""

    currency: str
    hour: Three | None
    minute: Three | None
    roles: list[tuple[str, Three]]

    @property
    def is_stated(self) -> bool:
        return self.hour is not None or self.minute is not None

    @classmethod
    def get(cls) -> "Rates":
        assumed = CostAssumptions.get()
        hour, minute = (_three(assumed.guesses(name)) for name in ("hour", "minute"))
        rates = RoleRate.objects.select_related("role") if hour else []
        roles = [(rate.role.name, (float(rate.low), float(rate.likely), float(rate.high))) for rate in rates]
        return cls(assumed.currency, hour, minute, roles)


def _three(guesses: Sequence[Any]) -> Three | None:
    low, likely, high = guesses
    return None if low is None else (float(low), float(likely), float(high))


@dataclass(frozen=True)
class Spent:
    """One incident; seconds, user-seconds, responder-seconds, and money low, likely and high."""

    number: int
    title: str
    began: datetime
    impact: float | None
    users: float | None
    worked: float | None
    low: float | None
    likely: float | None
    high: float | None


@dataclass(frozen=True)
class Sum:
    """Over the `known` of all."""

    known: int
    of: int
    whole: float

    @property
    def coverage(self) -> float | None:
        return self.known / self.of if self.of else None


@dataclass(frozen=True)
class Spending:
    impact: Sum
    users: Sum
    worked: Sum
    low: Sum
    likely: Sum
    high: Sum
    most: list[Spent]


# Every stretch is stretched by the gap that is merged, and the gap is taken off again at its end. Who was never
# active beside joining and leaving has one stretch: there is nothing to merge. What lies between them adds nothing.
WORKED = """seats AS (
    SELECT p.id, p.incident_id, p.user_id, CASE WHEN p.left_at >= p.joined_at THEN p.joined_at END AS a, p.left_at AS b
    FROM cohort AS c JOIN incidents_participation AS p ON p.incident_id = c.id),
  busy AS (
    SELECT s.participation_id AS id, range_agg(tstzrange(s.started_at, s.last_at + interval '30 minutes')) AS stretches
    FROM seats JOIN incidents_activitysession AS s ON s.participation_id = seats.id
    WHERE NOT coalesce(s.started_at >= a AND s.last_at <= b, FALSE) GROUP BY 1),
  persons AS (
    SELECT incident_id, user_id, CASE WHEN busy.id IS NULL THEN greatest(date_part('epoch', b - a), 300) ELSE (
      SELECT sum(greatest(date_part('epoch', upper(one) - lower(one)) - 1800, 300)) FROM unnest(CASE WHEN a IS NULL
        THEN stretches ELSE stretches + tstzmultirange(tstzrange(a, b + interval '30 minutes')) END) AS one) END AS seconds
    FROM seats LEFT JOIN busy USING (id) WHERE a IS NOT NULL OR busy.id IS NOT NULL),
  wore AS (
    SELECT r.incident_id, r.user_id, max(rate.low)::float8 AS low, max(rate.likely)::float8 AS likely,
      max(rate.high)::float8 AS high
    FROM incidents_roleassignment AS r JOIN retros_rolerate AS rate ON rate.role_id = r.role_id
    JOIN cohort AS c ON c.id = r.incident_id GROUP BY 1, 2),
  worked AS (
    SELECT incident_id, sum(seconds) AS seconds, sum(seconds / 3600 * coalesce(wore.low, %s)) AS low,
      sum(seconds / 3600 * coalesce(wore.likely, %s)) AS likely, sum(seconds / 3600 * coalesce(wore.high, %s)) AS high
    FROM persons LEFT JOIN wore USING (incident_id, user_id) GROUP BY 1)"""

# Credits are numbers of the business dimension, in the currency, of the incident's own retrospective.
CREDITS = """credits AS (
    SELECT readable.incident_id, sum(replace(told ->> 'value', ',', '')::float8) AS money
    FROM retros_impactstatement AS s JOIN readable USING (retrospective_id)
    CROSS JOIN LATERAL jsonb_array_elements(s.numbers) AS told
    WHERE s.dimension = 'business' AND told ->> 'name' ILIKE 'credit%%' AND upper(told ->> 'unit') = %s
      AND replace(told ->> 'value', ',', '') ~ '^[0-9]{1,12}([.][0-9]{1,2})?$' GROUP BY 1)"""


def spending(scope: Scope, rates: Rates, limit: int = 20) -> Spending:
    """Money: Σ hours × the rate of the role + minutes of impact × the greatest share × a minute + credits."""
    cohort, params = narrow_cte(scope, "id", "began")
    hour, minute = rates.hour or (None, None, None), rates.minute or (0.0, 0.0, 0.0)
    money = ", ".join(
        f"""CASE WHEN %s AND (NOT %s OR worked.seconds IS NOT NULL)
          AND (NOT %s OR (users.share IS NOT NULL AND impact.seconds IS NOT NULL))
        THEN coalesce(worked.{guess}, 0) + coalesce(impact.seconds / 60 * users.share * %s, 0)
          + coalesce(credits.money, 0) END AS {guess}"""
        for guess in ("low", "likely", "high")
    )
    needs: list[Any] = []
    for value in minute:
        needs += [rates.is_stated, rates.hour is not None, rates.minute is not None, value]
    names = ("impact", "users", "worked", "low", "likely", "high")
    sums = ", ".join(f"count({name}), coalesce(sum({name}), 0)::float8" for name in names)
    found = rows(
        f"""WITH {cohort}, {WORKED}, {CREDITS}, impact AS (
          SELECT id, sum(date_part('epoch', upper(one) - lower(one))) AS seconds FROM (
            SELECT c.id, unnest(range_agg(tstzrange(a.started_at, coalesce(a.ended_at, c.now)))) AS one
            FROM cohort AS c JOIN incidents_affectedservice AS a ON a.incident_id = c.id
            WHERE a.started_at <= coalesce(a.ended_at, c.now) GROUP BY c.id) AS merged GROUP BY id),
        o AS (
          SELECT c.id, c.began, impact.seconds AS impact, users.seconds AS users, worked.seconds AS worked, {money}
          FROM cohort AS c LEFT JOIN impact USING (id) {USERS} LEFT JOIN worked ON worked.incident_id = c.id
          LEFT JOIN credits ON credits.incident_id = c.id)
        SELECT whole.*, i.number, i.title, most.began, impact, users, worked, low, likely, high
        FROM (SELECT count(*), {sums} FROM o) AS whole LEFT JOIN (
          SELECT * FROM o WHERE coalesce(likely, users, impact, worked) IS NOT NULL
          ORDER BY likely DESC NULLS LAST, users DESC NULLS LAST, impact DESC NULLS LAST, id DESC LIMIT %s
        ) AS most ON TRUE LEFT JOIN incidents_incident AS i USING (id)
        ORDER BY likely DESC NULLS LAST, users DESC NULLS LAST, impact DESC NULLS LAST, most.id DESC""",
        (*params, *hour, rates.currency, *needs, limit),
    )
    of, values = found[0][0], found[0][1:13]
    known = {name: Sum(values[2 * n], of, values[2 * n + 1]) for n, name in enumerate(names)}
    return Spending(**known, most=[Spent(*row[13:]) for row in found if row[13] is not None])


@dataclass(frozen=True)
class Felt:
    name: str
    slug: str
    count: int
    users: float  # user-seconds


def felt(scope: Scope, limit: int = 8) -> list[Felt]:
    """Per service the users' time lost, most first, of incidents in which its users are stated."""
    cohort, params = narrow_cte(scope, "id")
    found = rows(
        f"""WITH {cohort}, stated AS ({STATED})
        SELECT s.name, s.slug, count(DISTINCT c.id), sum(stated.people
          * greatest(date_part('epoch', coalesce(a.ended_at, c.now) - a.started_at), 0)) AS users
        FROM stated JOIN cohort AS c ON c.id = stated.incident_id
        JOIN incidents_affectedservice AS a ON a.incident_id = c.id AND a.service_id = stated.service_id
        JOIN incidents_service AS s ON s.id = a.service_id GROUP BY s.id ORDER BY users DESC, s.name LIMIT %s""",
        (*params, limit),
    )
    return [Felt(*row) for row in found]
