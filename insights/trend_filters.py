"""What the page over time is asked: whole months or quarters, how to split them, what to compare with."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

import django_filters
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from core.forms import DayInput, FilterForm, LongSelect
from insights.cohort import Access, Scope
from insights.definitions import METRICS, short_name
from insights.filters import SENSIBLE, Asked, InsightsFilter, ask, midnight
from insights.models import Annotation
from insights.series import GRAINS, start_of

TREND_PERIODS = {
    "12": "12 months", "24": "24 months", "36": "36 months", "all": "All time", "own": "From … to …",
}  # fmt: skip
SPLITS = ("severity", "service", "team")
BEFORE, YEAR, HALVES, DATES = "before", "year", "halves", "dates"
AGAINST = {
    BEFORE: "Compare with period before",
    YEAR: "Compare with year before",
    HALVES: "Compare the two halves",
    DATES: "Compare with dates",
}
OFFERED = 20  # annotations to compare with, the newest


class TrendForm(FilterForm):
    field_order = (
        "metric",
        "period",
        "since",
        "until",
        "grain",
        "split",
        "against",
        "was_since",
        "was_until",
    )


class TrendFilter(InsightsFilter):
    """Whole months or quarters, of any metric."""

    PERIODS: ClassVar = TREND_PERIODS
    DEFAULT_PERIOD: ClassVar = "12"
    DEFAULTS: ClassVar = {"grain": "month", "split": "severity", "against": ""}

    metric = django_filters.ChoiceFilter(
        method="as_it_is", label="Measured by", empty_label=None, widget=LongSelect,
        choices=[(metric.key, short_name(metric)) for metric in METRICS],
    )  # fmt: skip
    grain = django_filters.ChoiceFilter(
        method="as_it_is", label="Each point is a", empty_label=None, widget=LongSelect,
        choices=[(key, f"By {name.lower()}") for key, name in GRAINS.items()],
    )  # fmt: skip
    split = django_filters.ChoiceFilter(
        method="as_it_is", label="Split by", empty_label=None, widget=LongSelect,
        choices=[(key, f"Split by {key}") for key in SPLITS],
    )  # fmt: skip
    against = django_filters.ChoiceFilter(
        method="as_it_is", label="Compare", empty_label="Compare: automatic", widget=LongSelect
    )
    was_since = django_filters.DateFilter(
        method="as_it_is", label="Compared period, from", validators=SENSIBLE, widget=DayInput
    )
    was_until = django_filters.DateFilter(
        method="as_it_is", label="Compared period, to", validators=SENSIBLE, widget=DayInput
    )
    cut = None

    class Meta(InsightsFilter.Meta):
        form = TrendForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(f"a{a.pk}", f"Compare since {a}") for a in Annotation.objects.all()[:OFFERED]]
        self.filters["against"].extra["choices"] = [*AGAINST.items(), *offered]

    @classmethod
    def first_day(cls, period: str, chosen: dict[str, Any]) -> date:
        """Whole months, or whole quarters, up to and with the one that runs."""
        grain = chosen.get("grain") or "month"
        step = 3 if grain == "quarter" else 1
        return start_of(timezone.localdate(), grain) - relativedelta(months=int(period) - step)


@dataclass(frozen=True)
class Comparison:
    """What is compared with what, in words: “since New rota, 3 Aug 2026”."""

    title: str
    now: Scope
    was: Scope
    annotation: Annotation | None = None


@dataclass(frozen=True)
class TrendAsked:
    asked: Asked
    grain: str
    split: str
    annotations: list[Annotation]
    comparison: Comparison | None
    zone: str


def ask_trend(data: Any, access: Access) -> TrendAsked:
    """In the reader's months and days, as the dates of the period are."""
    local = timezone.get_current_timezone_name()
    asked = ask(data, access, TrendFilter, zone=local)
    chosen = asked.form.cleaned_data
    scope = asked.scope
    last = timezone.localtime(scope.horizon).date()
    first = timezone.localtime(scope.since).date() if scope.since else None
    annotations = list(Annotation.objects.within(first, last))
    comparison = _compared(scope, chosen, annotations)
    return TrendAsked(
        asked, chosen.get("grain") or "month", chosen.get("split") or "severity", annotations, comparison, local
    )  # fmt: skip


def _compared(scope: Scope, chosen: dict[str, Any], annotations: list[Annotation]) -> Comparison | None:
    """As it was asked for; else since the newest annotation, with the period before, or the two halves of all time."""
    key = chosen.get("against") or ""
    if not key:
        key = f"a{annotations[-1].pk}" if annotations else BEFORE if scope.since else HALVES
    if key.startswith("a") and key[1:].isdigit():
        found = next((a for a in annotations if a.pk == int(key[1:])), None)
        return _since(scope, found) if found else None
    if key == BEFORE:
        before = scope.before
        return Comparison("with the period before", scope, before) if before else None
    if key == YEAR:
        return _a_year_before(scope)
    if key == DATES:
        return _own(scope, chosen)
    return _halves(scope)


def _since(scope: Scope, annotation: Annotation) -> Comparison | None:
    cut = midnight(annotation.day)
    if cut >= scope.horizon:
        return None
    return Comparison(
        f"since {annotation}", replace(scope, since=cut), replace(scope, until=cut), annotation
    )  # fmt: skip


def _a_year_before(scope: Scope) -> Comparison | None:
    if scope.since is None:
        return None
    year = relativedelta(years=1)
    was = replace(scope, since=scope.since - year, until=scope.horizon - year)
    return Comparison("with the same time a year before", scope, was)


def _own(scope: Scope, chosen: dict[str, Any]) -> Comparison | None:
    since, until = chosen.get("was_since"), chosen.get("was_until")
    if not since and not until:
        return None
    first = midnight(since) if since else None
    last = midnight(until + relativedelta(days=1)) if until else None
    return Comparison("with the dates chosen", scope, replace(scope, since=first, until=last))


def _halves(scope: Scope) -> Comparison | None:
    first = scope.since or scope.began_first
    if first is None:
        return None
    middle = midnight(timezone.localtime(first + (scope.horizon - first) / 2).date())
    return Comparison(
        "with the first half", replace(scope, since=middle), replace(scope, since=first, until=middle)
    )  # fmt: skip
