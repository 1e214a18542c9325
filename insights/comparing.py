"""Did it get faster, or does it only look so? A bootstrap of the difference of two Kaplan–Meier medians.

Both curves are drawn again a thousand times from what was observed, running incidents included; the seed is
fixed, so that the same incidents give the same interval. Where it holds zero there is no arrow.
"""

from dataclasses import dataclass
from typing import Any

from insights.survival import EPSILON, Curve

ENOUGH = 20  # fewer in either period: no trend
RESAMPLES, BATCH, SEED = 1000, 100, 20250612
FAR = 6  # standard errors of Ŝ = ½, beyond which no sample's median falls
REACHED = 0.95  # share of the draws in which both medians must exist


@dataclass(frozen=True)
class Change:
    """In seconds; without `low` and `high` nothing can be said, and `why` says why."""

    now: float | None
    was: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def verdict(self) -> str:
        """`faster`, `slower`, `same`, or empty."""
        if self.low is None or self.high is None:
            return ""
        return "same" if self.low <= 0 <= self.high else "faster" if self.high < 0 else "slower"


def compare(now: Curve, was: Curve | None) -> Change:
    if was is None:
        return Change(now.median, None, why="all time has no period before it")
    if min(now.count, was.count) < ENOUGH:
        fewer = "this period" if now.count < ENOUGH else "the period before"
        return Change(now.median, was.median, why=f"fewer than {ENOUGH} incidents in {fewer}")
    interval = difference(was, now)
    if interval is None:
        return Change(now.median, was.median, why="too many still run to know a median")
    return Change(now.median, was.median, *interval)


def difference(was: Curve, now: Curve) -> tuple[float, float] | None:
    """The 95% interval of `now` − `was`; None where the medians are not reached often enough."""
    import numpy as np  # brings much along that few processes need

    source = np.random.default_rng(SEED)
    found = _medians(now, source) - _medians(was, source)
    found = found[~np.isnan(found)]
    if found.size < REACHED * RESAMPLES:
        return None
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def _medians(curve: Curve, source: Any) -> Any:
    """The medians of `RESAMPLES` samples of the same size; NaN where one does not fall to a half."""
    import numpy as np  # brings much along that few processes need

    at, over, censored = _pieces(curve)
    pieces = np.concatenate([over, censored])
    some = np.flatnonzero(pieces)
    n, steps = curve.count, at.size
    found = np.full(RESAMPLES, np.nan)
    for start in range(0, RESAMPLES, BATCH):
        drawn = np.zeros((BATCH, pieces.size), dtype=np.int64)
        drawn[:, some] = source.multinomial(n, pieces[some] / n, size=BATCH)
        ended, leaving = drawn[:, :steps], drawn[:, :steps] + drawn[:, steps:]
        at_risk = n - np.cumsum(leaving, axis=1) + leaving
        share = np.cumprod(1 - ended / np.maximum(at_risk, 1), axis=1)
        reached = share <= 0.5 + EPSILON
        first = reached.argmax(axis=1)
        found[start : start + BATCH] = np.where(reached.any(axis=1), at[first], np.nan)
    return found


def _pieces(curve: Curve) -> tuple[Any, Any, Any]:
    """(at, ended, censored): the steps, those put together that no median of a sample can tell apart.

    Where nothing is censored, the product over several steps is the product over them as one. So what lies `FAR`
    standard errors above a half is told in runs that end where something is censored, and what lies as far below
    it in one. Of Ŝ = ½ with r at risk the standard error is at most 0.5 ÷ √r (Greenwood).
    """
    import numpy as np  # brings much along that few processes need

    at = np.array([step.at for step in curve.steps])
    over = np.array([step.over for step in curve.steps])
    censored = np.array([step.leaving - step.over for step in curve.steps])
    share = np.array([step.share for step in curve.steps])
    at_half = next((step.at_risk for step in curve.steps if step.share <= 0.5 + EPSILON), 1)
    away = FAR * 0.5 / np.sqrt(at_half)
    is_above, is_below = share > 0.5 + away, share < 0.5 - away
    ends = ~is_above & ~is_below | is_above & (censored > 0)
    ends[:-1] |= is_above[:-1] & ~is_above[1:]
    ends[-1] = True
    starts = np.concatenate([[0], np.flatnonzero(ends)[:-1] + 1])
    return at[ends], np.add.reduceat(over, starts), np.add.reduceat(censored, starts)
