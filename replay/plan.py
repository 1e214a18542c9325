"""A recorded day as verbs in the order of their times."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.models import HypothesisState, MitigationState, ServiceImpact
from replay.clock import Clock
from replay.file_reader import instant

# At the same instant, in this order: what people see before what they do, what they do before what they announce.
ORDER = [
    "change_severity",
    "assign_role",
    "release_role",
    "write_event",
    "record_change",
    "attach_alert",
    "begin_impact",
    "raise_hypothesis",
    "test_hypothesis",
    "propose_mitigation",
    "apply_mitigation",
    "settle_hypothesis",
    "begin_fixing",
    "end_impact",
    "settle_mitigation",
    "mitigate",
    "verify",
    "resolve",
    "post_update",
    "start_retrospective",
    "close",
]
NEEDS_OPEN = {
    "change_severity",
    "assign_role",
    "begin_impact",
    "end_impact",
    "raise_hypothesis",
    "propose_mitigation",
}
SUPPORTED_WORDS = {"confirmed", "supported", "true", "proven", "accepted"}
REFUTED_WORDS = {"rejected", "refuted", "false", "disproved", "ruled_out"}
MITIGATION_ENDS = {
    "chosen": MitigationState.WORKED,
    "executed": MitigationState.WORKED,
    "applied": MitigationState.WORKED,
    "worked": MitigationState.WORKED,
    "success": MitigationState.WORKED,
    "failed": MitigationState.NO_EFFECT,
    "no_effect": MitigationState.NO_EFFECT,
    "ineffective": MitigationState.NO_EFFECT,
    "made_worse": MitigationState.MADE_WORSE,
    "reverted": MitigationState.REVERTED,
}
NOT_TRIED = {"rejected", "deferred", "considered", "discarded", "not_chosen"}
DEGREES = {1: ServiceImpact.MAJOR_OUTAGE, 2: ServiceImpact.PARTIAL_OUTAGE}


@dataclass(frozen=True)
class Step:
    verb: str
    path: str
    at: datetime
    driven_at: datetime
    detail: Any = None

    @property
    def place(self) -> tuple[datetime, datetime, int]:
        return self.driven_at, self.at, ORDER.index(self.verb)


class Plan:
    """Collects the steps of a day; `steps()` gives them in order, closing last."""

    def __init__(self, day: dict[str, Any], clock: Clock):
        self.day, self.clock = day, clock
        self._steps: list[Step] = []
        collect: list[Callable[[], None]] = [
            self._severities,
            self._roles,
            self._timeline,
            self._changes_and_alerts,
            self._impact,
            self._hypotheses,
            self._mitigations,
            self._turning_points,
            self._updates,
        ]
        for section in collect:
            section()

    def steps(self) -> list[Step]:
        """Sorted by time; a stable sort, so that the same second keeps the file's order."""
        last_open = max((s.driven_at for s in self._steps if s.verb in NEEDS_OPEN), default=self.clock.closed)
        end = self.clock.driven(max(last_open, self.clock.closed, self.clock.resolved))
        for verb in ("start_retrospective", "close"):
            self._steps.append(Step(verb, "timestamps.closed_at", end, end))
        return sorted(self._steps, key=lambda step: step.place)

    def _add(self, verb: str, path: str, at: datetime | None, detail: Any = None) -> None:
        moment = at or self.clock.declared
        self._steps.append(Step(verb, path, moment, self.clock.driven(moment), detail))

    def _severities(self) -> None:
        for i, entry in enumerate(self.day["severity"][1:], 1):
            self._add("change_severity", f"severity[{i}]", entry["at"], entry)

    def _roles(self) -> None:
        for i, entry in enumerate(self.day["roles"]):
            self._add("assign_role", f"roles[{i}]", entry["from"], entry)
            # Closing ends the roles that run until then; a hand-over relieves the former holder by itself.
            if entry["to"] and entry["to"] < self.clock.closed:
                self._add("release_role", f"roles[{i}]", entry["to"], entry)

    def _timeline(self) -> None:
        for i, entry in enumerate(self.day["timeline"]):
            self._add("write_event", f"timeline[{i}]", entry["at"], (i, entry))

    def _changes_and_alerts(self) -> None:
        for i, entry in enumerate(self.day["changes"]):
            self._add("record_change", f"changes[{i}]", entry["at"], entry)
        for i, entry in enumerate(self.day["alerts"]):
            self._add("attach_alert", f"alerts[{i}]", entry["at"], entry)

    def _impact(self) -> None:
        """The windows that count, per service; those that touch become one interval."""
        for slug, intervals in self._affected().items():
            for path, begin, end in intervals:
                self._add("begin_impact", path, begin, slug)
                if end is not None:
                    self._add("end_impact", path, end, slug)

    def _affected(self) -> dict[str, list[tuple[str, datetime, datetime | None]]]:
        affected: dict[str, list[tuple[str, datetime, datetime | None]]] = {}
        windows = enumerate(self.day["impact"]["windows"])
        for i, window in sorted(windows, key=lambda pair: pair[1]["from"]):
            if not window["counts"]:
                continue
            for slug in self._services_of(window):
                intervals = affected.setdefault(slug, [])
                begin, end = window["from"], window["to"]
                if intervals and (intervals[-1][2] is None or begin <= intervals[-1][2]):
                    _path, begin, before = intervals.pop()
                    end = max(before, end) if before and end else None
                intervals.append((f"impact.windows[{i}]", begin, end))
        return affected

    def _services_of(self, window: dict[str, Any]) -> list[str]:
        """The window's own services, else those that alarmed, else those that were changed."""
        named = [window["service"], *(window["services"] or [])]
        alarmed = [alert["service"] for alert in self.day["alerts"]]
        changed = [change["service"] for change in self.day["changes"]]
        for slugs in (named, alarmed, changed):
            if found := [slug for slug in dict.fromkeys(slugs) if slug]:
                return found
        return []

    def _hypotheses(self) -> None:
        identified = instant(self.day, "identified_at")
        for i, entry in enumerate(self.day["hypotheses"]):
            path = f"hypotheses[{i}]"
            raised = entry["raised_at"] or entry["settled_at"] or identified or self.clock.declared
            self._add("raise_hypothesis", path, raised, entry)
            self._add("test_hypothesis", path, raised, entry)
            state = hypothesis_end(entry["outcome"])
            settled = entry["settled_at"] or (state and (identified or self.clock.resolved))
            if settled:
                self._add("settle_hypothesis", path, max(settled, raised), (entry, state))

    def _mitigations(self) -> None:
        options = self.day["mitigation_options"]
        known = next((o["proposed_at"] or o["executed_at"] for o in options if o["proposed_at"]), None)
        usual = known or instant(self.day, "identified_at") or self.clock.declared
        for i, entry in enumerate(options):
            path, word = f"mitigation_options[{i}]", _word(entry["outcome"])
            proposed = entry["proposed_at"] or entry["executed_at"] or usual
            self._add("propose_mitigation", path, proposed, entry)
            end = MITIGATION_ENDS.get(word)
            if entry["executed_at"] or end:
                applied = entry["executed_at"] or proposed
                self._add("apply_mitigation", path, applied, entry)
                if end:
                    self._add(
                        "settle_mitigation", path, max(applied, self._effect_at(end, applied)), (entry, end)
                    )
            elif word in NOT_TRIED:
                self._add("settle_mitigation", path, proposed, (entry, MitigationState.REJECTED))

    def _effect_at(self, end: str, applied: datetime) -> datetime:
        return self.clock.mitigated if end == MitigationState.WORKED else applied

    def _turning_points(self) -> None:
        if identified := instant(self.day, "identified_at"):
            self._add("begin_fixing", "timestamps.identified_at", identified)
        self._add("mitigate", "timestamps.mitigated_at", self.clock.mitigated)
        self._add("verify", "timestamps.resolved_at", self.clock.resolved)
        self._add("resolve", "timestamps.resolved_at", self.clock.resolved)

    def _updates(self) -> None:
        for i, entry in enumerate(self.day["status_updates"]):
            self._add("post_update", f"status_updates[{i}]", entry["at"], entry)


def hypothesis_end(outcome: str) -> str | None:
    word = _word(outcome)
    if word in SUPPORTED_WORDS:
        return HypothesisState.SUPPORTED
    return HypothesisState.REFUTED if word in REFUTED_WORDS else None


def _word(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")
