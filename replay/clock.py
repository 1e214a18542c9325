"""When the turning points of a recorded day are driven; a day that leaves one out still needs a moment for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from replay.file_reader import instant


@dataclass(frozen=True)
class Clock:
    """`declared` … `closed` are the instants the verbs run at; what the file does not know is taken back after."""

    declared: datetime
    mitigated: datetime
    resolved: datetime
    closed: datetime
    last: datetime

    def driven(self, moment: datetime | None) -> datetime:
        """Nothing is written into an incident before it is declared: what was earlier is backdated then."""
        return max(moment or self.declared, self.declared)


def read_clock(day: dict[str, Any]) -> Clock:
    everything = list(_instants(day))
    first = instant(day, "started_at") or min(everything, default=None)
    spoken = next((step["at"] for step in day["severity"] if step["at"]), None)
    declared = instant(day, "declared_at") or spoken or instant(day, "detected_at") or first
    if declared is None:
        raise ValueError("a day without a single time has no clock")
    if first and instant(day, "declared_at") is None:
        declared = max(declared, instant(day, "started_at") or declared)
    closed = instant(day, "closed_at") or max([declared, *everything])
    resolved = instant(day, "resolved_at") or closed
    mitigated = instant(day, "mitigated_at") or resolved
    last = max([declared, closed, *everything])
    return Clock(declared=declared, mitigated=mitigated, resolved=resolved, closed=closed, last=last)


def _instants(value: Any) -> Any:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _instants(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _instants(inner)
