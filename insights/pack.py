"""The board pack: one page for a team or the whole organisation, of a few months, as one person may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, User
from action_items.figures import OnTime, on_time
from figures.draw import spoken
from incidents.models import Incident
from insights.actions import Days
from insights.cohort import Access, Scope
from insights.comparing import Change, compare
from insights.cost_queries import Rates, Spending, Spent, spending
from insights.definitions import Metric, short_name
from insights.filters import Asked
from insights.pack_actions import Commitments, Decision, commitments, decisions
from insights.pack_facts import (
    NOT_KNOWN,
    Fact,
    action_fact,
    impact_fact,
    overdue_sentence,
    time_fact,
    time_sentence,
    update_fact,
    update_sentence,
)
from insights.pack_filters import (
    COMMITMENTS,
    DECISIONS,
    FACTORS,
    LARGEST,
    MORE_PARTS,
    TREND,
    ask_pack,
)
from insights.panels import Panel
from insights.promises import promises
from insights.questions import ANSWERS, left_out
from insights.recurring import Frequent, factors
from insights.report import zone_of
from insights.series import start_of
from insights.survival import curve
from insights.tables import rounded
from insights.trend import Goals, Trend, read
from insights.trend_filters import ask_trend
from retros.models import Retrospective

MONTHS = 12  # that the chart shows, up to the last one of the pack
SHOWN = 5  # factors, and incidents


@dataclass(frozen=True)
class Large:
    """One of the incidents with the largest impact."""

    spent: Spent
    incident: Incident
    retrospective: Retrospective | None

    @property
    def hours(self) -> str:
        return rounded(self.spent.users / 3600) if self.spent.users is not None else NOT_KNOWN

    @property
    def impact(self) -> str:
        return spoken(self.spent.impact) if self.spent.impact is not None else NOT_KNOWN

    @property
    def cost(self) -> str:
        return rounded(self.spent.likely) if self.spent.likely is not None else NOT_KNOWN


@dataclass
class Pack:
    """Where a part was not asked for, it is None or empty."""

    asked: Asked
    parts: list[str]
    organisation: str
    about: str
    left_out: str
    summary: str
    facts: Sequence[Fact]
    rates: Rates
    trend: Trend | None = None
    factors: Sequence[Frequent] = ()
    largest: Sequence[Large] = ()
    commitments: Commitments | None = None
    decisions: Sequence[Decision] = ()
    panels: list[Panel] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.asked.scope.count

    @property
    def title(self) -> str:
        return months_of(self.asked.scope)

    @property
    def until(self) -> datetime:
        return self.asked.scope.horizon

    @property
    def path(self) -> str:
        return f"{reverse('insights_pack')}?{self.asked.query}"

    @property
    def metric(self) -> Metric:
        return self.asked.metric

    @property
    def metric_name(self) -> str:
        return short_name(self.asked.metric)

    @property
    def cost_range(self) -> str:
        """“INC-14 lies between 44,000 and 83,000”, of the first that has a cost."""
        for large in self.largest:
            spent = large.spent
            if spent.low is not None and spent.high is not None:
                return (
                    f"{large.incident.reference} lies between {rounded(spent.low)} and {rounded(spent.high)}"
                )
        return ""


def pack_for(person: User, *, query: str, day: date) -> Pack:
    """Of the three whole months before `day`, the first of a month; in the days of where the person is."""
    with timezone.override(zone_of(person)):
        data = QueryDict(query, mutable=True)
        since, until = day - relativedelta(months=3), day - timedelta(days=1)
        data.update({"period": "own", "since": since.isoformat(), "until": until.isoformat()})
        return read_pack(person, *ask_pack(data, Access.of(person)))


def pack_of(person: User, *, query: str) -> Pack:
    """Of the period that the address `query` asks about."""
    with timezone.override(zone_of(person)):
        return read_pack(person, *ask_pack(QueryDict(query), Access.of(person)))


def read_pack(person: User, asked: Asked, parts: list[str]) -> Pack:
    """Every figure of it."""
    found = _Reading(person, asked)
    pack = Pack(
        asked,
        parts,
        Installation.get().name,
        whose(asked),
        left_out(asked),
        " ".join(filter(None, (asked.missing, found.summary))),
        found.facts,
        found.rates,
    )
    for part in parts:
        if part in MORE_PARTS:
            pack.panels.append(ANSWERS[part](asked, person.pk, is_deep=False))
        else:
            FILLED[part](pack, found)
    return pack


def whose(asked: Asked) -> str:
    """“Payments, SEV1”; empty for the whole organisation."""
    chosen = asked.form.cleaned_data
    return ", ".join(str(chosen[name]) for name in ("team", "service", "severity") if chosen.get(name))


class _Reading:
    """The figures that the summary and the key figures share."""

    def __init__(self, person: User, asked: Asked) -> None:
        self.person, self.asked, self.scope = person, asked, asked.scope
        self.zone = ZoneInfo(asked.zone)
        self.today = timezone.localdate(self.scope.now)
        before = self.scope.before
        self.now = curve(self.scope, asked.metric)
        self.change: Change = compare(self.now, curve(before, asked.metric) if before else None)
        self.promised = promises(self.scope)
        self.promised_before = promises(before) if before else []
        self.rates = Rates.get()
        self.spent: Spending = spending(self.scope, self.rates, SHOWN)
        days = Days.of(asked)
        self.last = days.last
        self.kept: OnTime = on_time(
            asked.items, first=days.first, last=days.last, today=days.today, zone=self.zone
        )
        self.overdue = asked.items.unfinished().filter(due_on__lt=self.today).count()
        self.goal = Goals.of(asked.metric).for_asked(asked)

    @property
    def summary(self) -> str:
        sentences = [time_sentence(self.asked, self.now, self.change), update_sentence(self.promised)]
        sentences.append(overdue_sentence(self.overdue))
        return " ".join(filter(None, sentences))

    @property
    def facts(self) -> list[Fact]:
        return [
            time_fact(self.asked, self.now, self.change, self.goal),
            update_fact(self.promised, self.promised_before),
            impact_fact(self.spent),
            action_fact(self.kept),
        ]


def _fill_trend(pack: Pack, found: _Reading) -> None:
    data = QueryDict(pack.asked.query, mutable=True)
    for name in ("part", "period"):
        data.pop(name, None)
    first = start_of(found.last, "month") - relativedelta(months=MONTHS - 1)
    data["period"], data["metric"] = "own", pack.metric.key
    data["since"], data["until"] = first.isoformat(), found.last.isoformat()
    pack.trend = read(ask_trend(data, Access.of(found.person)))


def _fill_factors(pack: Pack, found: _Reading) -> None:
    pack.factors = [one for one in factors(found.scope, SHOWN) if one.count > 1]


def _fill_largest(pack: Pack, found: _Reading) -> None:
    """With the state of the retrospective, as far as the reader may know of it."""
    numbers = [one.number for one in found.spent.most]
    access = found.scope.access
    incidents = {
        one.number: one for one in access.incidents.filter(number__in=numbers).select_related("severity")
    }
    held = {one.pk: one for one in access.retrospectives.filter(incidents__number__in=numbers)}
    pairs = Retrospective.incidents.through.objects.filter(
        retrospective__in=held, incident__number__in=numbers
    )
    of = {number: held[pk] for number, pk in pairs.values_list("incident__number", "retrospective")}
    pack.largest = [
        Large(one, incidents[one.number], of.get(one.number))
        for one in found.spent.most
        if one.number in incidents
    ]


def _fill_commitments(pack: Pack, found: _Reading) -> None:
    pack.commitments = commitments(pack.asked.items, found.last, found.today, found.zone)


def _fill_decisions(pack: Pack, found: _Reading) -> None:
    pack.decisions = decisions(pack.asked.items, found.today)


FILLED: dict[str, Callable[[Pack, _Reading], None]] = {
    TREND: _fill_trend,
    FACTORS: _fill_factors,
    LARGEST: _fill_largest,
    COMMITMENTS: _fill_commitments,
    DECISIONS: _fill_decisions,
}


def months_of(scope: Scope) -> str:
    """“September to November 2026”; days where it does not begin with a month, or has no beginning."""
    last = timezone.localtime(scope.horizon - timedelta(microseconds=1)).date()
    if scope.since is None:
        return f"Until {last.day} {last:%B %Y}"
    first = timezone.localtime(scope.since).date()
    ends = last + timedelta(days=1)
    if first.day != 1 or (ends.day != 1 and scope.until and scope.until <= scope.now):
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%B}{year} to {last:%B %Y}"
