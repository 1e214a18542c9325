"""The report of a week or a month: every question of Insights in a sentence, as one person sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, User
from insights.cohort import Access
from insights.definitions import short_name
from insights.filters import DEFAULT_METRIC, Asked, ask
from insights.panels import Panel
from insights.questions import ANSWERS, QUESTIONS, left_out
from subscribers.models import ReportEvery
from subscribers.workflow.reporting import MORNING

KEPT = ("metric", "severity", "incident_type", "service", "team")
PERIOD = ("period", "since", "until")
NAMES = {ReportEvery.WEEK: "The week", ReportEvery.MONTH: "The month"}


@dataclass(frozen=True)
class Answer:
    panel: Panel
    path: str

    @property
    def arrow(self) -> str:
        """Only where the difference to the period before holds."""
        return {"faster": "↓", "slower": "↑"}.get(self.panel.verdict, "→") if self.panel.verdict else ""


@dataclass(frozen=True)
class Report:
    every: str
    title: str
    asked: Asked
    about: str
    answers: Sequence[Answer]
    left_out: str
    path: str

    @property
    def count(self) -> int:
        return self.asked.scope.count


def report_for(person: User, *, every: str, query: str, day: date) -> Report:
    """Of the week before the Monday `day`, or the month before that first; in the days of where the person is."""
    with timezone.override(zone_of(person)):
        last = day - timedelta(days=1)
        first = last.replace(day=1) if every == ReportEvery.MONTH else day - timedelta(days=7)
        data = QueryDict(kept(query), mutable=True)
        data.update({"period": "own", "since": first.isoformat(), "until": last.isoformat()})
        return _report(person, every, NAMES[ReportEvery(every)], asked_by(person, data))


def report_of(person: User, *, query: str) -> Report:
    """Of the period that the address `query` of Insights asks about."""
    with timezone.override(zone_of(person)):
        return _report(person, "", "Insights,", asked_by(person, QueryDict(query)))


def _report(person: User, every: str, name: str, asked: Asked) -> Report:
    answers = [
        Answer(
            ANSWERS[key](asked, person.pk, is_deep=False),
            f"{reverse('insights_question', args=[key])}?{asked.query}",
        )
        for key in QUESTIONS
    ]
    path = f"{reverse('insights')}?{asked.query}"
    title = f"{name} {asked.period}"
    told = " · ".join(filter(None, (asked.missing, left_out(asked))))
    return Report(every, title, asked, about(asked), answers, told, path)


def asked_by(person: User, data: QueryDict) -> Asked:
    """What the address asks, within this person's reach."""
    return ask(data, Access.of(person))


def latest(person: User, every: str, now: datetime) -> date:
    """The Monday or the first whose eight o'clock has come last, where the person is."""
    day = (now.astimezone(zone_of(person)).replace(tzinfo=None) - MORNING).date()
    return day.replace(day=1) if every == ReportEvery.MONTH else day - timedelta(days=day.weekday())


def kept(query: str) -> str:
    """The filters of an address of Insights, always in one order; without the period, which the report has."""
    data = QueryDict(query)
    pairs = [(name, data[name]) for name in KEPT if data.get(name)]
    return urlencode([pair for pair in pairs if pair != ("metric", DEFAULT_METRIC)])


def about(asked: Asked) -> str:
    """“Payments, SEV1”; empty where nothing is left out."""
    chosen: dict[str, Any] = asked.form.cleaned_data
    words = [str(chosen[name]) for name in KEPT[1:] if chosen.get(name)]
    if asked.metric.key != DEFAULT_METRIC:
        words.append(short_name(asked.metric).lower())
    return ", ".join(words)


def zone_of(person: User) -> ZoneInfo:
    return ZoneInfo(person.time_zone or Installation.get().time_zone)
