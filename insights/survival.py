"""If an incident begins now, how likely does it still run after t? Kaplan–Meier, what still runs included.

SQL counts and multiplies; a curve comes as at most a few hundred steps however many incidents it tells of.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

from figures.survival import Line, Stair
from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import EPSILON, cohort_cte, product_ctes, rows

Z = 1.959963984540054  # 95%
STEPS = 1500  # more than that are told once a bin of one per cent, as they stand at its end


@dataclass(frozen=True)
class Step:
    """Up to `at` seconds; `leaving` ended or were last seen since the step before, `over` of them ended."""

    at: float
    share: float
    low: float
    high: float
    at_risk: int
    over: int
    leaving: int


@dataclass(frozen=True)
class Curve:
    steps: list[Step]
    median: float | None
    p90: float | None
    longest: float | None
    of: int  # in the cohort, with those that lack the times

    @property
    def count(self) -> int:
        return sum(step.leaving for step in self.steps)

    @property
    def running(self) -> int:
        return sum(step.leaving - step.over for step in self.steps)

    def share_at(self, seconds: float) -> float:
        """The share that still runs after so long."""
        return next((step.share for step in reversed(self.steps) if step.at <= seconds), 1.0)


def curve(scope: Scope, metric: Metric) -> Curve:
    return curve_of(cohort_cte(scope), metric)


def curve_of(ctes: tuple[str, tuple], metric: Metric) -> Curve:
    """The steps, with a 95% band on the log(−log) scale after Greenwood. `ctes` hold the `cohort`.

    Where nothing is censored, the product over many lengths is the product over them as one, and so is Greenwood's
    sum. So of very many only the bins in which something is censored are told length by length (`fine`), and the
    median and p90 are looked up in the bins they fall into: all of them are neither sorted nor walked over.
    """
    cohort, params = ctes
    half, tenth = (f"{share + EPSILON}::float8" for share in (0.5, 0.1))
    found = rows(
        f"""WITH {cohort}, observed AS MATERIALIZED (
          SELECT lasted, is_over, ceil(ln(greatest(lasted, 1)) * 100) AS bin FROM (
            SELECT CASE WHEN {metric.applies} THEN {metric.lasted} END AS lasted, {metric.is_over} AS is_over
            FROM cohort AS c {metric.join}) AS each),
        bins AS (
          SELECT bin, max(lasted) AS lasted, count(lasted) FILTER (WHERE is_over) AS over, count(lasted) AS leaving,
            count(*) AS of FROM observed GROUP BY bin),
        fine AS (SELECT bin FROM bins WHERE over < leaving OR (SELECT sum(leaving) FROM bins) <= {STEPS}),
        lengths AS (
          SELECT bin, lasted, over, leaving, TRUE AS is_bin FROM bins
            WHERE leaving > 0 AND bin NOT IN (SELECT bin FROM fine)
          UNION ALL SELECT bin, lasted, count(*) FILTER (WHERE is_over), count(*), FALSE FROM observed
            WHERE bin IN (SELECT bin FROM fine) AND lasted IS NOT NULL GROUP BY bin, lasted),
        {product_ctes()}, banded AS (
          SELECT *, lag(survival, 1, 1::float8) OVER by_length AS before,
            sum(CASE WHEN over < at_risk THEN over / (at_risk * (at_risk - over)) END) OVER by_length AS variance,
            CASE WHEN count(*) OVER () <= {STEPS} THEN row_number() OVER by_length ELSE bin END AS told
          FROM steps WINDOW by_length AS (ORDER BY lasted ROWS UNBOUNDED PRECEDING)),
        reached AS (
          SELECT share, CASE WHEN is_bin THEN (
            SELECT o.lasted FROM observed AS o WHERE o.bin = b.bin ORDER BY o.lasted
            OFFSET greatest(ceil(at_risk * (1 - share / before)) - 1, 0)::int LIMIT 1) ELSE lasted END AS lasted
          FROM banded AS b JOIN (VALUES ({half}), ({tenth})) AS wanted (share)
            ON before > share AND survival <= share)
        SELECT max(lasted), min(survival), max(variance), max(at_risk)::int, sum(over)::int, sum(leaving)::int,
          (SELECT lasted FROM reached WHERE share = {half}), (SELECT lasted FROM reached WHERE share = {tenth}),
          coalesce((SELECT sum(of) FROM bins), 0)::int
        FROM (VALUES (TRUE)) AS one LEFT JOIN banded ON TRUE GROUP BY told ORDER BY told""",
        params,
    )
    *_, median, p90, of = found[0]
    steps = [
        Step(at, share, *_band(share, spread or 0.0), *counts)
        for at, share, spread, *counts, _, _, _ in found
        if at is not None
    ]
    return Curve(steps, median, p90, steps[-1].at if steps else None, of)


def _band(share: float, variance: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    margin = Z * sqrt(variance) / abs(log(share))
    return share ** exp(margin), share ** exp(-margin)


def drawn_line(kind: str, name: str, told: Curve, called: str = "running") -> Line:
    """As it is drawn; `called` is what those are that are not over."""
    stairs = [Stair(s.at, s.share, s.low, s.high, s.at_risk, s.leaving - s.over) for s in told.steps]
    return Line(kind, name, stairs, told.median, told.count, told.running, called)
