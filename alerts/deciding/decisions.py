"""What alerts that fire at one moment become.

`decide` reads nothing and stores nothing. All that it needs to know is in `Known`, which routing loads from the database
and a replay keeps in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices

from alerts.deciding.rules import Becomes, Facts, GroupBy, Outcome, Rule

MOST_OPENED = 5
"""Incidents that the alerts of one moment open; others are attached to the last."""
STORM = timedelta(minutes=10)
REOPENED_WITHIN = timedelta(minutes=30)
LOOKED_AT_AGAIN = timedelta(minutes=5)
"""How often an alert that is quiet in a maintenance is looked at again: the maintenance may end early."""
CRITICAL = frozenset(
    [
        "critical",
        "crit",
        "page",
        "fatal",
        "emergency",
        "emerg",
        "down",
        "disaster",
        "high",
        "major",
        "error",
        "p0",
        "p1",
        "p2",
        "sev0",
        "sev1",
        "sev2",
        "1",
        "2",
    ]
)
"""Senders' words for what somebody should look at."""
NEWEST = float("inf")
Group = tuple[Any, str]


class Decided(TextChoices):
    RECORDED = "recorded", "Recorded only"
    ATTACHED = "attached", "Attached to an incident"
    SUSPECTED = "suspected", "Opened a suspected incident"
    DECLARED = "declared", "Declared an incident"
    WAITS = "waits", "Waits"
    QUIET = "quiet", "Quiet in a maintenance"
    LEFT = "left", "Left to people"


WAITING = (Decided.WAITS, Decided.QUIET)


class Why(StrEnum):
    """Why an alert is looked at."""

    FIRES = "fires"  # for the first time, or after it was resolved
    FIRES_AGAIN = "fires_again"  # and was not resolved
    IS_DUE = "is_due"  # it fires, and has waited until now


@dataclass
class Trouble:
    """An incident as far as routing has to know it. `key` is its id; one that is to be opened has none."""

    key: Any
    number: tuple[float, int]  # the newest has the highest
    is_of_a_storm: bool = False  # suspected a moment ago, and not private


@dataclass(frozen=True)
class Maintenance:
    """Of a service. `ended_at` is None while it runs, `ends_at` is what was planned."""

    service: int
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    def runs(self, at: datetime) -> bool:
        return self.began_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass
class Known:
    """What was known at the moment, of open incidents: always the newest."""

    by_group: dict[tuple[int, str], Trouble] = field(default_factory=dict)
    """With an alert of this integration and group key."""
    by_service: dict[int, Trouble] = field(default_factory=dict)
    """That affect this service and are not private."""
    by_storm: dict[int, Trouble] = field(default_factory=dict)
    """Suspected a moment ago, with an alert of this integration that names neither group nor service."""
    by_route: dict[Group, Trouble] = field(default_factory=dict)
    """With an alert of this route and its group that fired within the window."""
    counted: dict[Group, int] = field(default_factory=dict)
    """How often alerts of this route and group have fired within its time, before this moment."""
    maintenances: dict[int, Maintenance] = field(default_factory=dict)
    """That run at this moment, by service."""


@dataclass(frozen=True)
class Firing:
    """An alert that is looked at, with the route that matches it."""

    alert: Facts
    why: Why
    since: datetime  # it has been firing
    rule: Rule | None
    group: str = ""
    is_attached: bool = False
    waits: bool = False
    ended_at: datetime | None = None  # the incident that it left, because that was over

    @property
    def outcome(self) -> Outcome:
        assert self.rule is not None
        return self.rule.outcome_of(self.alert)

    @property
    def key(self) -> Group:
        assert self.rule is not None
        return (self.rule.key, self.group)


@dataclass
class Decision:
    firing: Firing
    kind: str
    trouble: Trouble | None = None
    opens: Outcome | None = None
    reason: str = ""
    check_at: datetime | None = None
    until: datetime | None = None

    @property
    def waits_for_others(self) -> bool:
        """Until it, or others of its group, fired often enough."""
        return self.kind == Decided.WAITS and self.check_at is None


def decide(firings: Iterable[Firing], known: Known, *, opens: str, at: datetime) -> list[Decision]:
    """What each becomes, in their order; those about which nothing is to be decided are left out.

    `opens` (“nothing”, “critical” or “everything”) is what becomes of alerts that no route matches. `known` is brought
    up to what was decided. Of an incident that is to be opened, the first decision has `opens` and the others name the
    same `trouble`.
    """
    moment = _Moment(known, opens, at)
    for firing in firings:
        moment.take(firing)
    return moment.decisions


class _Moment:
    def __init__(self, known: Known, opens: str, at: datetime):
        self.known, self.opens, self.at = known, opens, at
        self.opened: list[Trouble] = []
        self.decisions: list[Decision] = []

    def take(self, firing: Firing) -> None:
        if firing.rule is not None and firing.why != Why.IS_DUE:
            self.known.counted[firing.key] = self.known.counted.get(firing.key, 0) + 1
        if firing.is_attached or (firing.why != Why.FIRES and not firing.waits):
            return
        decision = self._by_default(firing) if firing.rule is None else self._by_rule(firing, firing.rule)
        self.decisions.append(decision)
        if decision.trouble is not None:
            self._note(firing, decision.trouble)
            self._bring_along(decision)

    def _by_default(self, firing: Firing) -> Decision:
        """Today's behaviour without routes: the field `opens` of the integration."""
        alert = firing.alert
        if found := self._of_group_or_service(alert) or self._of_storm(alert):
            return Decision(firing, Decided.ATTACHED, found)
        is_critical = alert.severity.casefold() in CRITICAL
        if not (self.opens == "everything" or (self.opens == "critical" and is_critical)):
            if len(self.opened) >= MOST_OPENED:
                return Decision(firing, Decided.ATTACHED, self.opened[-1])
            return Decision(firing, Decided.RECORDED)
        return self._open(firing, Outcome(Becomes.SUSPECT))

    def _by_rule(self, firing: Firing, rule: Rule) -> Decision:
        outcome = firing.outcome
        if outcome.becomes == Becomes.RECORD:
            return Decision(firing, Decided.RECORDED)
        work = self.known.maintenances.get(firing.alert.service or 0)
        if rule.is_quiet_in_maintenance and work is not None:
            again = self.at + LOOKED_AT_AGAIN
            check_at = work.ends_at if self.at < work.ends_at < again else again
            until = work.ends_at if work.ends_at > self.at else None
            return Decision(firing, Decided.QUIET, check_at=check_at, until=until)
        if waits := self._waiting(firing, rule):
            return waits
        found = self.known.by_route.get(firing.key)
        if found is None and (rule.attaches_first or outcome.becomes == Becomes.ATTACH):
            found = self._of_group_or_service(firing.alert)
        if found is not None:
            return Decision(firing, Decided.ATTACHED, found)
        if outcome.becomes == Becomes.ATTACH:
            return Decision(firing, Decided.RECORDED, reason="No incident of its service or group was open.")
        return self._open(firing, outcome)

    def _waiting(self, firing: Firing, rule: Rule) -> Decision | None:
        if rule.times > 1 and self.known.counted.get(firing.key, 0) < rule.times:
            minutes = int(rule.times_within.total_seconds() // 60)
            reason = f"Until it has fired {rule.times} times in {minutes} min."
            if rule.group_by != GroupBy.ALERT:
                reason = f"Until alerts of its group have fired {rule.times} times in {minutes} min."
            return Decision(firing, Decided.WAITS, reason=reason)
        due = firing.since + rule.firing_for
        if self.at < due:
            minutes = int(rule.firing_for.total_seconds() // 60)
            reason = f"Until it has fired for {minutes} min."
            return Decision(firing, Decided.WAITS, reason=reason, check_at=due, until=due)
        return None

    def _of_group_or_service(self, alert: Facts) -> Trouble | None:
        if alert.group_key and (found := self.known.by_group.get((alert.integration, alert.group_key))):
            return found
        return self.known.by_service.get(alert.service) if alert.service else None

    def _of_storm(self, alert: Facts) -> Trouble | None:
        """The incident that the same sender opened a moment ago: nothing says that this is another trouble."""
        has_place = alert.group_key or alert.service
        return None if has_place else self.known.by_storm.get(alert.integration)

    def _open(self, firing: Firing, outcome: Outcome) -> Decision:
        if len(self.opened) >= MOST_OPENED:
            return Decision(firing, Decided.ATTACHED, self.opened[-1], reason="Many alerts at once.")
        if firing.ended_at is not None and self.at - firing.ended_at < REOPENED_WITHIN:
            return Decision(firing, Decided.LEFT, reason="Its incident was resolved a moment ago.")
        is_declared = outcome.becomes == Becomes.DECLARE
        trouble = Trouble(None, (NEWEST, len(self.opened)), is_of_a_storm=not is_declared)
        self.opened.append(trouble)
        if firing.alert.service:
            self.known.by_service[firing.alert.service] = trouble
        kind = Decided.DECLARED if is_declared else Decided.SUSPECTED
        return Decision(firing, kind, trouble, outcome)

    def _note(self, firing: Firing, trouble: Trouble) -> None:
        """For the alerts after this one."""
        alert = firing.alert
        if alert.group_key:
            _keep_newest(self.known.by_group, (alert.integration, alert.group_key), trouble)
        elif not alert.service and trouble.is_of_a_storm:
            _keep_newest(self.known.by_storm, alert.integration, trouble)
        if firing.rule is not None:
            _keep_newest(self.known.by_route, firing.key, trouble)

    def _bring_along(self, decision: Decision) -> None:
        """Alerts of the group that waited for this one, in the same moment, belong to the same incident."""
        if decision.firing.rule is None:
            return
        for one in self.decisions:
            if one.waits_for_others and one.firing.rule is not None and one.firing.key == decision.firing.key:
                one.kind, one.trouble, one.reason = Decided.ATTACHED, decision.trouble, ""


def _keep_newest(by_key: dict[Any, Trouble], key: Any, trouble: Trouble) -> None:
    if key not in by_key or by_key[key].number < trouble.number:
        by_key[key] = trouble
