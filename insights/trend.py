"""How a metric changes from month to month: the series, the goal, what is compared with what, and each part of it."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import Team
from figures.draw import MEDIUM, NARROW, sizes, spoken
from figures.interval import interval
from figures.trend import trend
from incidents.models import Service, Severity
from insights.comparing import Change, compare
from insights.definitions import Metric, short_name
from insights.durations import explain, signed
from insights.filters import Asked, days_of
from insights.measuring import FEW
from insights.models import Goal
from insights.panels import GOOD_COVERAGE
from insights.series import GRAINS, Bucket, label, newest_known, series, split_series
from insights.survival import curve
from insights.tables import Table, percent
from insights.trend_filters import Comparison, TrendAsked
from insights.trend_months import marks_of, months_of, table_of

BROAD = 760
SMALL = 316
PARTS = 9  # of a split that are drawn, those with most incidents
NONE = "none"
KINDS: dict[str, type[Severity] | type[Service] | type[Team]] = {
    "severity": Severity, "service": Service, "team": Team,
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """The change between two periods; `words` say it in the headline, empty where there is none to say."""

    comparison: Comparison
    change: Change
    now_days: str
    was_days: str

    @property
    def sentence(self) -> str:
        return explain(self.change).capitalize() + "."

    @property
    def words(self) -> str:
        change = self.change
        if not change.verdict or change.verdict == "same" or change.now is None or change.was is None:
            return ""
        return f"{spoken(abs(change.now - change.was))} {change.verdict}"

    @property
    def difference(self) -> str:
        change = self.change
        return signed(change.now - change.was) if change.now is not None and change.was is not None else ""

    @property
    def from_to(self) -> str:
        """“58 min before, 43 min now”."""
        change = self.change
        if change.now is None or change.was is None:
            return ""
        return f"{spoken(change.was)} before, {spoken(change.now)} now"

    @property
    def svg(self) -> SafeString | str:
        change = self.change
        if change.low is None or change.high is None or change.now is None or change.was is None:
            return ""
        value = change.now - change.was
        words = signed(change.low), signed(value), signed(change.high)
        title = f"Change of the median: {words[1]}, 95% interval {words[0]} to {words[2]}."
        return interval(title, change.low, value, change.high, words)


@dataclass(frozen=True)
class Part:
    """One severity, service or team."""

    name: str
    buckets: list[Bucket]
    svg: SafeString
    severity: Severity | None = None
    change: Change | None = None
    query: str = ""  # the same page, of this part alone

    @property
    def count(self) -> int:
        return sum(bucket.count for bucket in self.buckets)

    @property
    def verdict(self) -> str:
        return self.change.verdict if self.change else ""

    @property
    def says(self) -> str:
        counted = f"{self.count} incident{'' if self.count == 1 else 's'}"
        return f"{counted}. {explain(self.change).capitalize()}." if self.change else f"{counted}."


@dataclass
class Goals:
    """The goals of one metric: `overall`, and of single severities by their name."""

    overall: Goal | None = None
    of_severities: dict[str, Goal] = field(default_factory=dict)

    @classmethod
    def of(cls, metric: Metric) -> "Goals":
        found = list(Goal.objects.filter(metric=metric.key).select_related("severity"))
        named = {goal.severity.name: goal for goal in found if goal.severity}
        return cls(next((goal for goal in found if goal.severity is None), None), named)

    def for_asked(self, asked: Asked) -> Goal | None:
        """That of the severity that is asked for, else the one for all."""
        chosen = asked.form.cleaned_data.get("severity")
        return self.of_severities.get(chosen.name, self.overall) if chosen else self.overall

    def by_name(self, split: str) -> dict[str, int]:
        """In seconds; only severities have their own."""
        return (
            {name: goal.seconds for name, goal in self.of_severities.items()} if split == "severity" else {}
        )

    @property
    def whole(self) -> int | None:
        return self.overall.seconds if self.overall else None


@dataclass
class Trend:
    """The page without its parts and its comparison, which cost as much again."""

    asked: TrendAsked
    buckets: list[Bucket]
    goal: Goal | None
    goals: Goals

    @property
    def metric(self) -> Metric:
        return self.asked.asked.metric

    @property
    def name(self) -> str:
        return short_name(self.metric)

    @cached_property
    def of(self) -> int:
        return sum(bucket.of for bucket in self.buckets)

    @cached_property
    def count(self) -> int:
        return sum(bucket.count for bucket in self.buckets)

    @cached_property
    def running(self) -> int:
        return sum(bucket.running for bucket in self.buckets)

    @property
    def missing(self) -> int:
        return self.of - self.count - self.running

    @property
    def coverage(self) -> float | None:
        return (self.count + self.running) / self.of if self.of else None

    @property
    def is_thin(self) -> bool:
        return self.coverage is not None and self.coverage < GOOD_COVERAGE

    @property
    def latest(self) -> Bucket | None:
        """The newest with a median."""
        return newest_known(self.buckets)

    @property
    def headline(self) -> str:
        if not self.of:
            return "No incident in this period"
        if not self.count:
            return "No incident has the times"
        found = self.latest
        if found is None or found.median is None:
            return f"Fewer than {FEW} incidents in each {GRAINS[self.asked.grain].lower()}"
        return f"{spoken(found.median)} in {_spelled(found.first, self.asked.grain)}"

    def figure(self) -> SafeString:
        title = _title(self)
        months = months_of(self.buckets, self.asked, self.asked.asked)
        goal = self.goal.seconds if self.goal else None
        return sizes(
            lambda width: trend("trend", title, months, goal, marks_of(self.asked, self.buckets), width),
            BROAD, MEDIUM, NARROW,
        )  # fmt: skip

    @property
    def goal_limit(self) -> str:
        return spoken(self.goal.seconds) if self.goal else ""

    @property
    def goal_met(self) -> int:
        """How many months or quarters in a row, up to the newest with a median, were within the goal."""
        met = 0
        for bucket in reversed(self.buckets):
            if bucket.known_median is None:
                continue
            if self.goal is None or bucket.known_median > self.goal.seconds:
                break
            met += 1
        return met

    @property
    def goal_words(self) -> str:
        one = GRAINS[self.asked.grain].lower()
        met = self.goal_met
        if not met:
            return f"Not met in the latest {one}"
        return f"Met in the latest {one}" if met == 1 else f"Met for {met} {one}s in a row"

    @property
    def kept(self) -> str:
        within = sum(bucket.within or 0 for bucket in self.buckets)
        if not self.goal or not self.count:
            return ""
        return f"{percent(within / self.count)} of {self.count} incidents were within {spoken(self.goal.seconds)}."

    def table(self) -> Table:
        return table_of(
            f"{self.name} by {self.asked.grain}", self.asked, [("", self.buckets)], bool(self.goal)
        )


def read(asked: TrendAsked) -> Trend:
    goals = Goals.of(asked.asked.metric)
    goal = goals.for_asked(asked.asked)
    buckets = series(
        asked.asked.scope, asked.asked.metric, asked.grain, asked.zone, goal.seconds if goal else None
    )
    return Trend(asked, buckets, goal, goals)


def compared(asked: TrendAsked) -> Compared | None:
    one = asked.comparison
    if one is None:
        return None
    metric = asked.asked.metric
    now, was = curve(one.now, metric), curve(one.was, metric)
    change = compare(now, was)
    if min(now.count, was.count) < FEW:
        change = replace(change, now=None, was=None)  # no median of so few
    return Compared(one, change, days_of(one.now), days_of(one.was))


def parts(asked: TrendAsked) -> list[Part]:
    """The first `PARTS` of a split as they are drawn."""
    goals = Goals.of(asked.asked.metric)
    found = _groups(asked, goals)
    known = {one.name: one for one in KINDS[asked.split]._default_manager.filter(name__in=found)}
    limits, drawn = goals.by_name(asked.split), [name for name in found if name in known][:PARTS]
    return [
        _part(asked, known[name], found[name], limits.get(name, goals.whole), n)
        for n, name in enumerate(drawn)
    ]


def _groups(asked: TrendAsked, goals: Goals) -> dict[str, list[Bucket]]:
    """By severity in their order; by service or team those with most incidents first; what has none last."""
    found = split_series(
        asked.asked.scope, asked.asked.metric, asked.grain, asked.zone, asked.split, goals.whole,
        goals.by_name(asked.split),
    )  # fmt: skip
    ranks = dict(Severity.objects.values_list("name", "rank")) if asked.split == "severity" else {}

    def place(name: str) -> tuple[Any, ...]:
        return name == NONE, ranks.get(name, 0), -sum(bucket.of for bucket in found[name]), name

    return {name: found[name] for name in sorted(found, key=place)}


def _part(
    asked: TrendAsked, one: Severity | Service | Team, buckets: list[Bucket], goal: int | None, number: int
) -> Part:
    narrowed = _narrowed(asked, one)
    months = months_of(buckets, asked, narrowed.asked)
    latest = newest_known(buckets)
    title = f"{one.name}: median by {asked.grain}"
    if latest and latest.median is not None:
        title += f", last {spoken(latest.median)}"
    svg = trend(f"part{number}", f"{title}.", months, goal, marks_of(asked, buckets), SMALL, is_small=True)
    found = compared(narrowed)
    severity = one if isinstance(one, Severity) else None
    return Part(one.name, buckets, svg, severity, found.change if found else None, narrowed.asked.query)


def _narrowed(asked: TrendAsked, one: Severity | Service | Team) -> TrendAsked:
    """The same, asked of one severity, service or team."""
    scope = asked.asked.scope
    if isinstance(one, Severity):
        incidents, value = scope.incidents.filter(severity=one), str(one.pk)
    elif isinstance(one, Service):
        incidents, value = scope.incidents.affecting([one]), one.slug
    else:
        incidents, value = scope.incidents.affecting(Service.objects.filter(owner_team=one)), one.slug
    query = QueryDict(asked.asked.query, mutable=True)
    query[asked.split] = value
    narrowed = replace(asked.asked, scope=replace(scope, incidents=incidents), query=query.urlencode())
    pair = asked.comparison
    if pair:
        now, was = replace(pair.now, incidents=incidents), replace(pair.was, incidents=incidents)
        pair = replace(pair, now=now, was=was)
    return replace(asked, comparison=pair, asked=narrowed)


def tables(found: Trend) -> list[Table]:
    """What the CSV file holds: the whole, then each part."""
    asked = found.asked
    groups = list(_groups(asked, found.goals).items())
    has_goal = bool(found.goals.overall or found.goals.of_severities)
    caption = f"{found.name} by {asked.grain} and {asked.split}"
    return [found.table(), table_of(caption, asked, groups, has_goal, asked.split)]


def _spelled(first: date, grain: str) -> str:
    """“November 2026”, “Q4 2026”."""
    return label(first, grain) if grain == "quarter" else f"{first:%B %Y}"


def _title(found: Trend) -> str:
    first, last = found.buckets[0], found.buckets[-1]
    grain = found.asked.grain
    words = f"{found.name} by {grain}, {label(first.first, grain)} to {label(last.first, grain)}: median"
    if found.latest and found.latest.median is not None:
        words += f" {spoken(found.latest.median)} in {label(found.latest.first, grain)}"
    return f"{words}. The table below has every value."
