"""What incidents took: impact, users' time, responders' time, and money where somebody stated what that costs.

A missing one is never imputed and never zero: that incident leaves what it is missing from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from insights.cohort import Scope
from insights.definitions import HIT, STATED, USERS_OF_EACH
from insights.measuring import narrow_cte, readable_of_cohort, rows
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
class Felt:
    """The users' time that a service lost, in incidents in which its users are stated."""

    name: str
    slug: str
    count: int
    users: float  # user-seconds


@dataclass(frozen=True)
class Spending:
    impact: Sum
    users: Sum
    worked: Sum
    low: Sum
    likely: Sum
    high: Sum
    most: list[Spent]
    felt: list[Felt]


# What somebody's time costs more, or less, than the hour of anybody, is added only for those who had such a role.
WORKED = """worked AS (
    SELECT of.incident_id, sum(worked_seconds) AS seconds FROM incidents_participation AS of {asked}
    WHERE worked_seconds IS NOT NULL GROUP BY 1),
  wore AS (
    SELECT r.incident_id, r.user_id, max(rate.low)::float8 AS low, max(rate.likely)::float8 AS likely,
      max(rate.high)::float8 AS high
    FROM incidents_roleassignment AS r JOIN retros_rolerate AS rate ON rate.role_id = r.role_id
    JOIN cohort AS c ON c.id = r.incident_id GROUP BY 1, 2),
  more AS (
    SELECT wore.incident_id, sum(worked_seconds / 3600 * (low - %s)) AS low,
      sum(worked_seconds / 3600 * (likely - %s)) AS likely, sum(worked_seconds / 3600 * (high - %s)) AS high
    FROM wore JOIN incidents_participation AS p USING (incident_id, user_id) GROUP BY 1)"""

# The union of stretches that share a moment goes from the first beginning to the last end.
AFFECTED = """affected AS (
    SELECT of.incident_id, min(of.started_at) AS first, max(of.started_at) AS last_begun,
      min(coalesce(of.ended_at, %s)) AS first_over, max(coalesce(of.ended_at, %s)) AS last
    FROM incidents_affectedservice AS of {asked} WHERE of.started_at < coalesce(of.ended_at, %s) GROUP BY 1),
  impact AS (
    SELECT incident_id, CASE WHEN last_begun <= first_over THEN date_part('epoch', last - first) ELSE (
      SELECT sum(date_part('epoch', upper(one) - lower(one))) FROM unnest((
        SELECT range_agg(tstzrange(started_at, coalesce(ended_at, %s))) FROM incidents_affectedservice AS a
        WHERE a.incident_id = affected.incident_id AND started_at < coalesce(ended_at, %s))) AS one) END AS seconds
    FROM affected)"""

# Credits are numbers of the business dimension, in the currency, of the incident's own retrospective.
CREDITS = """credits AS (
    SELECT readable.incident_id, sum(replace(told ->> 'value', ',', '')::float8) AS money
    FROM retros_impactstatement AS s JOIN readable USING (retrospective_id)
    CROSS JOIN LATERAL jsonb_array_elements(s.numbers) AS told
    WHERE s.dimension = 'business' AND told ->> 'name' ILIKE 'credit%%' AND upper(told ->> 'unit') = %s
      AND replace(told ->> 'value', ',', '') ~ '^[0-9]{1,12}([.][0-9]{1,2})?$' GROUP BY 1)"""


def spending(scope: Scope, rates: Rates, limit: int = 20) -> Spending:
    """What cost most, and which services lost the users' time, most first, up to `limit` of each.

    Money: Σ hours × the rate of the role + minutes of impact × the greatest share × a minute + credits.
    """
    cohort, params = narrow_cte(scope, "id", "began")
    readable, readable_params = readable_of_cohort(scope)
    # Where everything is asked for, all there is is summed before the cohort is joined: a quarter less to do.
    asked = "" if scope.is_everything else "JOIN cohort ON cohort.id = of.incident_id"
    hour, minute = rates.hour or (None, None, None), rates.minute or (0.0, 0.0, 0.0)
    money = ", ".join(
        f"""CASE WHEN %s AND (NOT %s OR worked.seconds IS NOT NULL)
          AND (NOT %s OR (users.share IS NOT NULL AND impact.seconds IS NOT NULL))
        THEN coalesce(worked.seconds / 3600 * %s + coalesce(more.{guess}, 0), 0)
          + coalesce(impact.seconds / 60 * users.share * %s, 0) + coalesce(credits.money, 0) END AS {guess}"""
        for guess in ("low", "likely", "high")
    )
    needs: list[Any] = []
    for an_hour, a_minute in zip(hour, minute, strict=True):
        needs += [rates.is_stated, rates.hour is not None, rates.minute is not None, an_hour, a_minute]
    names = ("impact", "users", "worked", "low", "likely", "high")
    sums = ", ".join(f"count({name}), coalesce(sum({name}), 0)::float8" for name in names)
    order = "likely DESC NULLS LAST, users DESC NULLS LAST, impact DESC NULLS LAST, id DESC"
    found = rows(
        f"""WITH {cohort}, {readable}, {WORKED.format(asked=asked)}, {AFFECTED.format(asked=asked)}, {CREDITS}, stated AS ({STATED}), hit AS ({HIT}),
        users AS ({USERS_OF_EACH}),
        each AS (
          SELECT c.id, c.began, impact.seconds AS impact, users.seconds AS users, worked.seconds AS worked, {money}
          FROM cohort AS c LEFT JOIN impact ON impact.incident_id = c.id LEFT JOIN users ON users.incident_id = c.id
          LEFT JOIN worked ON worked.incident_id = c.id LEFT JOIN more ON more.incident_id = c.id
          LEFT JOIN credits ON credits.incident_id = c.id),
        most AS (
          SELECT row_number() OVER (ORDER BY {order}) AS place, * FROM (
            SELECT * FROM each WHERE coalesce(likely, users, impact, worked) IS NOT NULL ORDER BY {order} LIMIT %s) AS top),
        services AS (
          SELECT row_number() OVER (ORDER BY lost DESC, name) AS place, * FROM (
            SELECT s.name, s.slug, count(DISTINCT incident_id), sum(people * seconds) AS lost
            FROM hit JOIN incidents_service AS s ON s.id = service_id WHERE people IS NOT NULL GROUP BY s.id
            ORDER BY lost DESC, s.name LIMIT %s) AS top)
        SELECT whole.*, i.number, i.title, most.began, impact, users, worked, low, likely, high,
          services.name, services.slug, services.count, services.lost
        FROM (SELECT count(*), {sums} FROM each) AS whole
        LEFT JOIN (most FULL JOIN services USING (place)) ON TRUE LEFT JOIN incidents_incident AS i ON i.id = most.id
        ORDER BY place""",
        (*params, *readable_params, *hour, *[scope.now] * 5, rates.currency, *needs, limit, limit),
    )
    of, values = found[0][0], found[0][1:13]
    known = {name: Sum(values[2 * n], of, values[2 * n + 1]) for n, name in enumerate(names)}
    most = [Spent(*row[13:22]) for row in found if row[13] is not None]
    return Spending(**known, most=most, felt=[Felt(*row[22:]) for row in found if row[22] is not None])
