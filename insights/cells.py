"""Counts, means, quantiles and their Kaplan–Meier twins: what a page shows costs one pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from insights.cohort import Scope
from insights.definitions import Metric
from insights.measuring import cohort_cte
from insights.observing import EVERYTHING, Observed, observed, quantiles
from insights.survival import Product


@dataclass(frozen=True)
class Cell:
    """One metric of one group, in seconds."""

    count: int
    of: int
    known: int  # complete, or still running
    mean: float | None
    median: float | None
    p90: float | None
    km_median: float | None = None
    km_p90: float | None = None
    longest: float | None = None

    @property
    def coverage(self) -> float | None:
        return self.known / self.of if self.of else None

    @property
    def running(self) -> int:
        return self.known - self.count

    def as_json(self) -> dict[str, Any]:
        names = ("count", "coverage", "mean", "median", "p90", "km_median", "km_p90")
        return {name: getattr(self, name) for name in names}


def cells(scope: Scope, metrics: Sequence[Metric], by: str = EVERYTHING) -> dict[str, dict[str, Cell]]:
    """{group: {metric: Cell}}; without groups the one key is empty."""
    return cells_of(cohort_cte(scope), metrics, by)


def cells_of(
    ctes: tuple[str, tuple], metrics: Sequence[Metric], by: str = EVERYTHING
) -> dict[str, dict[str, Cell]]:
    """The same of whatever `ctes` call the `cohort`."""
    found = observed(ctes, metrics, by)
    return {key: {name: cell_of(one) for name, one in group.items()} for key, group in found.items()}


def cell_of(found: Observed) -> Cell:
    complete, running_too = found.complete, Product.of(found)
    mean = float(complete.mean()) if complete.size else None
    median, p90 = quantiles(complete, 0.5, 0.9) or (None, None)
    twins = running_too.first(0.5), running_too.first(0.1), running_too.longest
    return Cell(complete.size, found.of, found.known, mean, median, p90, *twins)
