"""What a handful of incidents can tell, how many each figure needs, and what the terms mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.models import Incident
from insights.cohort import Scope
from insights.comparing import ENOUGH
from insights.measuring import FEW
from insights.panels import GOOD_COVERAGE
from insights.tables import percent


@dataclass(frozen=True)
class Need:
    """A figure, what it says in plain words, and from how many incidents on it is shown."""

    name: str
    means: str
    from_: int
    of: str


NEEDS = (
    Need(
        "Median",
        "Half of the incidents took less time than this, half took more.",
        FEW,
        "incidents with both times",
    ),
    Need(
        "90th percentile (p90)",
        "Nine of ten incidents took less time than this.",
        FEW,
        "incidents with both times",
    ),
    Need(
        "Trend (faster or slower)",
        "Compares this period with the one before it. With fewer incidents, chance alone can look like a change.",
        ENOUGH,
        "incidents in each of the two periods",
    ),
    Need(
        "Control chart",
        "Marks an incident that differs more from the others than they usually differ from each other.",
        ENOUGH,
        "incidents that are over",
    ),
    Need(
        "What would it take?",
        "Estimates how much time you would save if one phase were shorter.",
        ENOUGH,
        "incidents with all five times",
    ),
    Need(
        "Recurrence",
        "The share of incidents that were followed by a similar one within 90 days.",
        1,
        "incident older than 90 days with a confirmed contributing factor",
    ),
)
TERMS = (
    (
        "Coverage",
        "The share of incidents that have the times a figure needs. "
        f"Under {percent(GOOD_COVERAGE)} it is marked.",
    ),
    (
        "95% interval",
        "The range in which a change very probably lies. If it includes zero, there is no clear change.",
    ),
    (
        "Kaplan–Meier",
        "A way to find the median that also counts incidents that are still running.",
    ),
    ("MTTR, TTM, TTD, TTA", "Time to resolve, to mitigate, to detect and to acknowledge."),
)


@dataclass(frozen=True)
class Known:
    """One incident with the times that are known of it; None where one is missing."""

    incident: Incident
    detected: timedelta | None
    mitigated: timedelta | None
    resolved: timedelta | None

    @property
    def times(self) -> tuple[timedelta | None, ...]:
        return self.detected, self.mitigated, self.resolved


def known_of(scope: Scope) -> list[Known]:
    """The incidents of a period with fewer than `FEW`, newest first."""
    return list(_known(scope.newest_first().select_related("severity")[:FEW]))


def _known(incidents: Iterable[Incident]) -> Iterable[Known]:
    for incident in incidents:
        start = incident.impact_started_at
        yield Known(
            incident,
            _between(start, incident.detected_at),
            _between(start, incident.mitigated_at),
            _between(start, incident.resolved_at),
        )


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return end - start if start and end else None
