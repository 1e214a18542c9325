"""If an incident begins now, how likely does it still run after t? Kaplan–Meier, what still runs included.

A curve comes as `STEPS` steps at most, or as one in a bin of one per cent, however many incidents it tells of.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

from figures.survival import Line, Stair
from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import FEW, cohort_cte
from insights.observing import EVERYTHING, Observed, observed

Z = 1.959963984540054  # 95%
EPSILON = 1e-9  # a product of a million factors is not exact
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

    def share_at(self, seconds: float) -> float | None:
        """The share that still runs after so long; None where nothing was seen for so long and some still ran."""
        if self.steps and seconds > self.steps[-1].at and self.steps[-1].share > 0:
            return None
        return next((step.share for step in reversed(self.steps) if step.at <= seconds), 1.0)


def curve(scope: Scope, metric: Metric) -> Curve:
    return curve_of(cohort_cte(scope), metric)


def curve_of(ctes: tuple[str, tuple], metric: Metric) -> Curve:
    """`ctes` hold the `cohort`."""
    return estimated(observed(ctes, [metric])[EVERYTHING][metric.key])


@dataclass(frozen=True)
class Product:
    """The product-limit estimate Ŝ(t) = ∏(1 − dᵢ ÷ nᵢ) at each length that occurs; arrays, the shortest first."""

    at: Any
    over: Any
    censored: Any
    at_risk: Any
    share: Any

    @classmethod
    def of(cls, found: Observed) -> "Product":
        import numpy as np  # brings much along that few processes need

        at = np.unique(np.concatenate([found.ended, found.running]))
        over, censored = (
            np.bincount(np.searchsorted(at, lengths), minlength=at.size)
            for lengths in (found.ended, found.running)
        )
        at_risk = np.cumsum((over + censored)[::-1])[::-1]
        with np.errstate(divide="ignore"):
            share = np.exp(np.cumsum(np.log1p(-over / at_risk)))
        return cls(at, over, censored, at_risk, share)

    def first(self, share: float) -> float | None:
        """The first length at which so much or less is left."""
        reached = self.at[self.share <= share + EPSILON]
        return float(reached[0]) if reached.size else None

    @property
    def longest(self) -> float | None:
        return float(self.at[-1]) if self.at.size else None


def estimated(found: Observed) -> Curve:
    """With a 95% band on the log(−log) scale after Greenwood."""
    import numpy as np  # brings much along that few processes need

    one = Product.of(found)
    if not one.at.size:
        return Curve([], None, None, None, found.whole)
    # Where none is left, the curve is zero and Greenwood's sum has no summand.
    survivors = one.at_risk - one.over
    summands = np.where(survivors > 0, one.over / (one.at_risk * np.maximum(survivors, 1)), 0)
    ends = _told(one.at, one.censored)
    starts = np.concatenate([[0], ends[:-1] + 1])
    columns = (
        one.at[ends], one.share[ends], np.cumsum(summands)[ends], one.at_risk[starts],
        np.add.reduceat(one.over, starts), np.add.reduceat(one.over + one.censored, starts),
    )  # fmt: skip
    steps = [
        Step(at, share, *_band(share, variance), *counts)
        for at, share, variance, *counts in zip(*(column.tolist() for column in columns), strict=True)
    ]
    return Curve(steps, one.first(0.5), one.first(0.1), one.longest, found.whole)


def _told(at: Any, censored: Any) -> Any:
    """The places of the lengths that are told, all of them where they are not too many.

    Where nothing is censored, the product over several lengths is the product over them as one, and so is
    Greenwood's sum. So of very many a bin is told as it stands at its end, and if possible each that is censored.
    """
    import numpy as np  # brings much along that few processes need

    if at.size <= STEPS:
        return np.arange(at.size)
    bins = np.ceil(np.log(np.maximum(at, 1)) * 100)
    is_end = np.append(bins[1:] != bins[:-1], True)
    each = is_end | (censored > 0)
    return np.flatnonzero(each if each.sum() <= STEPS else is_end)


def _band(share: float, variance: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    margin = Z * sqrt(variance) / abs(log(share))
    return share ** exp(margin), share ** exp(-margin)


def drawn_line(kind: str, name: str, told: Curve, called: str = "running") -> Line:
    """As it is drawn, with a median where there are enough; `called` is what those are that are not over."""
    stairs = [Stair(s.at, s.share, s.low, s.high, s.at_risk, s.leaving - s.over) for s in told.steps]
    median = told.median if told.count >= FEW else None
    return Line(kind, name, stairs, median, told.count, told.running, called)
