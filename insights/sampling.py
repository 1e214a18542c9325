"""The organisation's own phases, drawn again and again: what a shorter one saves, and when a gain could be seen.

NumPy is loaded only where draws are made; the seed is fixed, so that the same incidents give the same interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log
from statistics import NormalDist

from insights.cohort import Scope
from insights.comparing import ENOUGH, RESAMPLES, SEED
from insights.definitions import STATED, Metric
from insights.measuring import cohort_cte, rows
from insights.queries import COMPLETE, PARTS, PHASES

NEWEST = 2000  # drawn from: a thousand draws of them take some ten milliseconds
BATCH = 50
GAIN, SURE, POWER = 0.2, 0.95, 0.8
MONTH = 365.25 / 12 * 86_400
BOUNDS = ("o.impact_started_at", "o.detected_at", "o.declared_at", "o.mitigated_at", "o.resolved_at")
Parts = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sample:
    """Per incident the seconds of each phase; `felt` the user-seconds in each, of those whose users are stated."""

    of: int
    complete: int
    spent: list[Parts]
    felt: list[Parts]

    @property
    def coverage(self) -> float | None:
        return self.complete / self.of if self.of else None

    @property
    def is_felt(self) -> bool:
        """Enough of them say how many users they hit, and in how many of all drawn from."""
        return len(self.felt) >= ENOUGH and 2 * len(self.felt) >= len(self.spent)


def sample(scope: Scope) -> Sample:
    """The newest with all five times in order; users where every affected service has them stated."""
    cohort, params = cohort_cte(scope)
    parts = ", ".join(f"({part})::float8 AS t{n}" for n, part in enumerate(PARTS))
    felt = ", ".join(
        f"sum(stated.people * greatest(date_part('epoch', least(coalesce(a.ended_at, o.now), {end}) - "
        f"greatest(a.started_at, {begin})), 0)) AS u{n}"
        for n, (begin, end) in enumerate(pairwise(BOUNDS))
    )
    names = ", ".join(
        [f"t{n}" for n in range(4)] + [f"CASE WHEN hurt.is_known THEN u{n} END" for n in range(4)]
    )
    found = rows(
        f"""WITH {cohort}, o AS (
          SELECT *, {parts}, count(*) OVER () AS complete FROM cohort WHERE {COMPLETE} ORDER BY began DESC LIMIT %s),
        stated AS ({STATED}),
        hurt AS (SELECT o.id, count(stated.people) = count(*) AS is_known, {felt}
          FROM o JOIN incidents_affectedservice AS a ON a.incident_id = o.id
          LEFT JOIN stated ON stated.incident_id = o.id AND stated.service_id = a.service_id GROUP BY o.id)
        SELECT whole.of, coalesce(complete, 0), {names} FROM (SELECT count(*) AS of FROM cohort) AS whole
        LEFT JOIN o ON TRUE LEFT JOIN hurt USING (id) ORDER BY o.began DESC, o.id DESC""",
        (*params, NEWEST),
    )
    of, complete = found[0][:2]
    return Sample(
        of,
        complete,
        [row[2:6] for row in found if row[2] is not None],
        [row[6:] for row in found if row[6] is not None],
    )


@dataclass(frozen=True)
class Phase:
    """What was spent in it, in 95% of the draws between `low` and `high`; `leads` is the share it was most in."""

    key: str
    spent: float
    low: float | None = None
    high: float | None = None
    leads: float | None = None

    @property
    def words(self) -> str:
        return PHASES[self.key]


def summed(parts: Sequence[Parts]) -> list[Phase]:
    """What each phase takes in all, the most first."""
    sums = [sum(row[n] for row in parts) for n in range(len(PHASES))]
    return sorted(
        (Phase(key, spent) for key, spent in zip(PHASES, sums, strict=True)), key=lambda one: -one.spent
    )


def drawn(parts: Sequence[Parts]) -> list[Phase]:
    """The same, with how much it varies when as many incidents are drawn again a thousand times."""
    import numpy as np  # brings much along that few processes need

    values, source = np.array(parts, dtype=float), np.random.default_rng(SEED)
    n = len(values)
    places = np.arange(BATCH)[:, None] * n
    # How often each was drawn, times what it took: sums of the rows themselves take five times as long.
    times = (
        np.bincount((source.integers(0, n, (BATCH, n)) + places).ravel(), minlength=BATCH * n)
        for _ in range(RESAMPLES // BATCH)
    )
    sums = np.concatenate([drawn.reshape(BATCH, n) @ values for drawn in times])
    low, high = np.percentile(sums, [2.5, 97.5], axis=0)
    leads = np.bincount(sums.argmax(axis=1), minlength=len(PHASES)) / len(sums)
    place = {key: n for n, key in enumerate(PHASES)}
    return [
        Phase(one.key, one.spent, float(low[n]), float(high[n]), float(leads[n]))
        for one in summed(parts)
        for n in [place[one.key]]
    ]


@dataclass(frozen=True)
class Pace:
    """How many complete observations there are, how many a month, and how widely ln(seconds) spreads."""

    count: int
    months: float
    spread: float | None

    @property
    def a_month(self) -> float | None:
        """None for a period shorter than a month (28 days): a rate would claim more than was seen."""
        return self.count / self.months if self.months * MONTH >= 28 * 86_400 else None

    @property
    def needed(self) -> int | None:
        """Incidents before and as many after; None where too few are known to say."""
        if self.count < ENOUGH or self.spread is None:
            return None
        return needed(self.spread)

    @property
    def wait(self) -> float | None:
        """Months until as many have happened at this pace."""
        return self.needed / self.a_month if self.needed is not None and self.a_month else None


def pace(scope: Scope, metric: Metric) -> Pace:
    cohort, params = cohort_cte(scope)
    ((count, seconds, spread),) = rows(
        f"""WITH {cohort} SELECT count(*), date_part('epoch', max(horizon) - coalesce(%s, min(began))),
          stddev_samp(ln(seconds)) FROM (
          SELECT c.began, c.horizon, {metric.seconds} AS seconds FROM cohort AS c {metric.join} WHERE {metric.applies}
        ) AS o WHERE seconds > 0""",
        (*params, scope.since),
    )
    return Pace(count, max(seconds or 0.0, 86_400.0) / MONTH, spread)


def needed(spread: float, gain: float = GAIN) -> int:
    """Observations per side to see a relative `gain` of log-normal durations with a spread of ln(duration).

    n = 2 ((z₁₋α⸝₂ + z₁₋β) σ ÷ δ)², the normal approximation for two means (J. M. Lachin, Introduction to sample
    size determination and power analysis for clinical trials, Controlled Clinical Trials 2, 1981, 93–113), here
    with α = 5% two-sided, 1 − β = 80% and δ = ln(1 ÷ (1 − gain)).
    """
    normal = NormalDist()
    quantiles = normal.inv_cdf((1 + SURE) / 2) + normal.inv_cdf(POWER)
    return max(ceil(2 * (quantiles * spread / log(1 / (1 - gain))) ** 2), 2)
