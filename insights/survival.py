"""If an incident begins now, how likely does it still run after t? Kaplan–Meier, what still runs included.

SQL counts and multiplies; a curve comes as at most a few hundred steps however many incidents it tells of.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

from figures.survival import Line, Stair
from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import EPSILON, cohort_cte, rows, survival_ctes

Z = 1.959963984540054  # 95 %
STEPS = 1500  # more lengths than that are told once a bin of one per cent, as they stand at its end


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
    """The steps, with a 95 % band on the log(−log) scale after Greenwood. `ctes` hold the `cohort`."""
    cohort, params = ctes
    found = rows(
        f"""WITH {cohort}, {survival_ctes(metric)}, banded AS (
          SELECT lasted, over, leaving, at_risk, survival,
            sum(CASE WHEN over < at_risk THEN over / (at_risk * (at_risk - over)) END) OVER by_length AS variance,
            CASE WHEN count(*) OVER () <= %s THEN row_number() OVER by_length
              ELSE ceil(ln(greatest(lasted, 1)) * 100) END AS bin
          FROM steps WINDOW by_length AS (ORDER BY lasted))
        SELECT max(lasted), min(survival), max(variance), max(at_risk)::int, sum(over)::int, sum(leaving)::int,
          min(lasted) FILTER (WHERE survival <= %s), min(lasted) FILTER (WHERE survival <= %s)
        FROM banded GROUP BY bin ORDER BY bin""",
        (*params, STEPS, 0.5 + EPSILON, 0.1 + EPSILON),
    )
    medians = [row[6] for row in found if row[6] is not None]
    p90s = [row[7] for row in found if row[7] is not None]
    return Curve(
        [
            Step(at, share, *_band(share, spread or 0.0), *counts)
            for at, share, spread, *counts, _, _ in found
        ],
        min(medians, default=None),
        min(p90s, default=None),
        found[-1][0] if found else None,
    )


def _band(share: float, variance: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    reach = Z * sqrt(variance) / abs(log(share))
    return share ** exp(reach), share ** exp(-reach)


def drawn_line(kind: str, name: str, told: Curve, called: str = "running") -> Line:
    """As it is drawn; `called` is what those are that are not over."""
    stairs = [Stair(s.at, s.share, s.low, s.high, s.at_risk, s.leaving - s.over) for s in told.steps]
    return Line(kind, name, stairs, told.median, told.count, told.running, called)
