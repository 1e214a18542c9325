"""Stored firings once more, with other routes: what would have become of them.

A replay keeps in memory what routing reads from the database. Incidents that people declared are open as long as they
were. Of those that it opens it supposes that people resolve them `ends_after` all their alerts have ended.
"""

import heapq
import time
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

from alerts.deciding.decisions import (
    STORM,
    WAITING,
    Decided,
    Decision,
    Firing,
    Group,
    Known,
    Maintenance,
    Trouble,
    Why,
    decide,
)
from alerts.deciding.rules import Facts, Rule


class Told(StrEnum):
    FIRES = "fires"
    ENDS = "ends"


@dataclass(frozen=True)
class Happening:
    """One thing that a sender told of an alert, in the order in which it was read."""

    alert: int
    kind: Told
    at: datetime


@dataclass(frozen=True)
class Past:
    """An incident that people declared, and when it was open. `services` are (service, from, to or None)."""

    key: Any
    created_at: datetime
    ended_at: datetime | None = None
    resolved_at: datetime | None = None
    services: tuple[tuple[int, datetime, datetime | None], ...] = ()

    @property
    def number(self) -> tuple[float, int]:
        return (self.created_at.timestamp(), 0)

    def is_open(self, at: datetime) -> bool:
        return self.created_at <= at and (self.ended_at is None or at < self.ended_at)

    def is_of_a_storm(self, at: datetime) -> bool:
        return False

    def affects(self, service: int, at: datetime) -> bool:
        return any(
            named == service and began <= at and (ended is None or at < ended)
            for named, began, ended in self.services
        )


@dataclass(eq=False)
class Made:
    """An incident that the replay opens."""

    at: datetime
    decision: Decision
    place: int
    ends_after: timedelta | None
    alerts: list[int] = field(default_factory=list)
    firing: set[int] = field(default_factory=set)
    last_ended_at: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def number(self) -> tuple[float, int]:
        return (self.at.timestamp(), self.place + 1)

    def is_open(self, at: datetime) -> bool:
        """Asked about times that do not go back: what has ended stays so."""
        if (
            self.resolved_at is None
            and self.ends_after is not None
            and not self.firing
            and self.last_ended_at
        ):
            ends_at = self.last_ended_at + self.ends_after
            self.resolved_at = ends_at if ends_at <= at else None
        return self.resolved_at is None

    def is_of_a_storm(self, at: datetime) -> bool:
        return self.decision.kind == Decided.SUSPECTED and self.at >= at - STORM


Incident = Past | Made


@dataclass(frozen=True)
class Happened:
    """What became of an alert at a moment, and in which incident."""

    at: datetime
    decision: Decision
    incident: Incident | None


@dataclass
class _Alert:
    facts: Facts
    rule: Rule | None
    group: str
    is_open: bool = False
    since: datetime | None = None
    fired: list[datetime] = field(default_factory=list)
    is_decided: bool = False
    kind: str = ""
    check_at: datetime | None = None
    incident: Incident | None = None
    ended_at: datetime | None = None  # the incident that it left

    @property
    def key(self) -> Group | None:
        return (self.rule.key, self.group) if self.rule is not None else None

    @property
    def waits(self) -> bool:
        return self.kind in WAITING

    def leave(self, at: datetime) -> None:
        """As an alert that fires again leaves an incident that is over."""
        if self.incident is not None and not self.incident.is_open(at):
            self.ended_at, self.incident = self.incident.resolved_at, None


class Replay:
    def __init__(
        self,
        rules: Sequence[Rule],
        alerts: Iterable[Facts],
        *,
        opens: Mapping[int, str],
        past: Iterable[Past] = (),
        maintenances: Iterable[Maintenance] = (),
        ends_after: timedelta | None = None,
        seconds: float | None = None,
    ):
        self.opens, self.ends_after, self.seconds = opens, ends_after, seconds
        self.alerts = {one.pk: self._alert(one, rules) for one in alerts}
        self.past = list(past)
        self.maintenances = list(maintenances)
        self.made: list[Made] = []
        self.happened: list[Happened] = []
        self.is_cut = False
        self.due: list[tuple[datetime, int, int]] = []
        self.times: dict[Group, list[datetime]] = defaultdict(list)
        """Of firings of each route and group, in order."""
        self.waiting: dict[Group, list[_Alert]] = defaultdict(list)
        self.of_route: dict[Group, dict[Incident, datetime]] = defaultdict(dict)
        """Incidents of each route and group, with the last firing of its alerts there."""
        self.of_group: dict[tuple[int, str], dict[Incident, None]] = defaultdict(dict)
        self.of_service: dict[int, list[Made]] = defaultdict(list)
        self.of_storm: dict[int, dict[Incident, None]] = defaultdict(dict)

    @staticmethod
    def _alert(facts: Facts, rules: Sequence[Rule]) -> _Alert:
        rule = next((one for one in rules if one.matches(facts)), None)
        return _Alert(facts, rule, rule.group_of(facts) if rule else "")

    def run(self, happenings: Iterable[Happening], until: datetime) -> None:
        """Read all that happened, a payload at a time, and look at what is due until then."""
        ends = time.monotonic() + self.seconds if self.seconds is not None else None
        for (at, _integration), payload in groupby(self._in_order(happenings), key=itemgetter(0)):
            if ends is not None and time.monotonic() > ends:
                self.is_cut = True
                return
            self._look_at_due(at)
            self._read(at, [(alert, kind) for _at, alert, kind in payload])
        self._look_at_due(until)

    def _in_order(self, happenings: Iterable[Happening]) -> list[tuple[tuple[datetime, int], _Alert, Told]]:
        """By the time at which it was read, which of one alert never goes back: an end may have come before a firing."""
        last: dict[int, datetime] = {}
        rows = []
        for one in happenings:
            if (alert := self.alerts.get(one.alert)) is not None:
                at = last[one.alert] = max(one.at, last.get(one.alert, one.at))
                rows.append(((at, alert.facts.integration), alert, one.kind))
        return sorted(rows, key=itemgetter(0))

    def _look_at_due(self, until: datetime) -> None:
        while self.due and self.due[0][0] <= until:
            at, integration = self.due[0][:2]
            waiting: dict[int, _Alert] = {}
            while self.due and self.due[0][:2] == (at, integration):
                pk = heapq.heappop(self.due)[2]
                waiting[pk] = self.alerts[pk]
            still = [one for one in waiting.values() if one.is_open and one.check_at == at]
            self._decide(at, integration, [_firing(one, Why.IS_DUE) for one in still])

    def _read(self, at: datetime, told: list[tuple[_Alert, Told]]) -> None:
        looked_at: dict[int, tuple[_Alert, Why]] = {}
        for alert, kind in told:
            pk = alert.facts.pk
            if kind == Told.ENDS:
                alert.is_open, alert.check_at = False, None
                looked_at.pop(pk, None)
                if isinstance(alert.incident, Made):
                    alert.incident.firing.discard(pk)
                    alert.incident.last_ended_at = at
                continue
            looked_at[pk] = (alert, Why.FIRES_AGAIN if alert.is_open else Why.FIRES)
            if not alert.is_open:
                alert.is_open, alert.since = True, at
                alert.leave(at)
                if isinstance(alert.incident, Made):
                    alert.incident.firing.add(pk)
            self._note_firing(alert, at)
        firings = [_firing(alert, why) for alert, why in looked_at.values()]
        firings.sort(key=lambda one: one.why == Why.FIRES_AGAIN)
        if firings:
            self._decide(at, firings[0].alert.integration, firings)

    def _note_firing(self, alert: _Alert, at: datetime) -> None:
        alert.fired.append(at)
        if alert.is_decided and alert.key is not None:
            insort(self.times[alert.key], at)
            if alert.incident is not None:
                self.of_route[alert.key][alert.incident] = at

    def _decide(self, at: datetime, integration: int, firings: list[Firing]) -> None:
        decisions = decide(
            firings, self._known(at, firings), opens=self.opens.get(integration, "nothing"), at=at
        )
        for decision in decisions:
            if decision.opens is not None and decision.trouble is not None:
                decision.trouble.key = made = Made(at, decision, len(self.made), self.ends_after)
                self.made.append(made)
                if decision.firing.alert.service:
                    self.of_service[decision.firing.alert.service].append(made)
        for decision in decisions:
            alert = self.alerts[decision.firing.alert.pk]
            alert.kind, alert.check_at = decision.kind, decision.check_at
            self._remember(alert, decision)
            incident = decision.trouble.key if decision.trouble is not None else None
            self.happened.append(Happened(at, decision, incident))
            if incident is not None:
                self._attach(alert, incident)
        for decision in decisions:
            self._bring_along(at, decision)

    def _remember(self, alert: _Alert, decision: Decision) -> None:
        if decision.check_at is not None:
            heapq.heappush(self.due, (decision.check_at, alert.facts.integration, alert.facts.pk))
        if alert.key is None:
            return
        if not alert.is_decided:
            alert.is_decided = True
            for moment in alert.fired:
                insort(self.times[alert.key], moment)
        if decision.waits_for_others:
            self.waiting[alert.key].append(alert)

    def _bring_along(self, at: datetime, decision: Decision) -> None:
        """Those of the group that waited since before."""
        if decision.trouble is None or decision.firing.rule is None:
            return
        for alert in self.waiting.pop(decision.firing.key, []):
            if alert.is_open and alert.incident is None and alert.waits and alert.check_at is None:
                alert.kind = Decided.ATTACHED
                brought = Decision(_firing(alert, Why.IS_DUE), Decided.ATTACHED, decision.trouble)
                self.happened.append(Happened(at, brought, decision.trouble.key))
                self._attach(alert, decision.trouble.key)

    def _attach(self, alert: _Alert, incident: Incident) -> None:
        alert.incident, alert.ended_at = incident, None
        facts = alert.facts
        if isinstance(incident, Made):
            incident.alerts.append(facts.pk)
            incident.firing.add(facts.pk)
        if facts.group_key:
            self.of_group[facts.integration, facts.group_key][incident] = None
        elif not facts.service:
            self.of_storm[facts.integration][incident] = None
        if alert.key is not None:
            last = self.of_route[alert.key].get(incident, alert.fired[-1])
            self.of_route[alert.key][incident] = max(last, alert.fired[-1])

    # -- what routing reads from the database -------------------------------------------------------------

    def _known(self, at: datetime, firings: list[Firing]) -> Known:
        known = Known()
        for firing in firings:
            alert = firing.alert
            place = (alert.integration, alert.group_key)
            if alert.group_key and (found := _newest(self.of_group[place], at)):
                known.by_group[place] = found
            if alert.service and (found := self._affecting(alert.service, at)):
                known.by_service[alert.service] = found
            if not alert.group_key and not alert.service:
                of_storm = [one for one in self.of_storm[alert.integration] if one.is_of_a_storm(at)]
                if found := _newest(of_storm, at):
                    known.by_storm[alert.integration] = found
            if alert.service and (work := self._maintenance(alert.service, at)):
                known.maintenances[alert.service] = work
            if firing.rule is not None and firing.key not in known.counted:
                self._know_route(known, firing, firing.rule, at)
        return known

    def _know_route(self, known: Known, firing: Firing, rule: Rule, at: datetime) -> None:
        times = self.times[firing.key]
        known.counted[firing.key] = bisect_left(times, at) - bisect_right(times, at - rule.times_within)
        recent = [one for one, last in self.of_route[firing.key].items() if last > at - rule.window]
        if found := _newest(recent, at):
            known.by_route[firing.key] = found

    def _affecting(self, service: int, at: datetime) -> Trouble | None:
        found: list[Incident] = [one for one in self.past if one.affects(service, at)]
        return _newest([*found, *self.of_service[service]], at)

    def _maintenance(self, service: int, at: datetime) -> Maintenance | None:
        running = [one for one in self.maintenances if one.service == service and one.runs(at)]
        return max(running, key=lambda one: one.ends_at, default=None)


def _firing(alert: _Alert, why: Why) -> Firing:
    assert alert.since is not None
    return Firing(
        alert.facts,
        why,
        alert.since,
        alert.rule,
        alert.group,
        is_attached=alert.incident is not None,
        waits=alert.waits,
        ended_at=alert.ended_at,
    )


def _newest(found: Iterable[Incident], at: datetime) -> Trouble | None:
    running = [one for one in found if one.is_open(at)]
    if not running:
        return None
    newest = max(running, key=lambda one: one.number)
    return Trouble(newest, newest.number, newest.is_of_a_storm(at))
