"""What is asked, as the address carries it: the period, which incidents, which metric."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from accounts.models import Installation, Team
from action_items.models import ActionItemQuerySet
from core.forms import DayInput, FilterForm, LongSelect
from core.local_time import first_moment
from incidents.models import Incident, IncidentType, Service, Severity
from insights.cohort import Access, Scope
from insights.definitions import BY_KEY, HEADLINES, METRICS, Metric, short_name

PERIODS = {"30": "30 days", "90": "90 days", "365": "12 months", "all": "All time", "own": "From … to …"}
# With days further away there is no period of the same length before.
SENSIBLE = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
DEFAULT_PERIOD, DEFAULT_METRIC = "90", "time_to_resolve"
CHOSEN = ("team", "service", "severity", "incident_type")
CUTS, DEFAULT_CUT = (10, 20, 30, 50), "20"  # per cent of a phase


class InsightsFilter(django_filters.FilterSet):
    """The period and the metric narrow nothing here: `asked` reads them."""

    PERIODS: ClassVar = PERIODS
    DEFAULT_PERIOD: ClassVar = DEFAULT_PERIOD
    DEFAULTS: ClassVar = {"cut": DEFAULT_CUT}

    period = django_filters.ChoiceFilter(
        method="as_it_is",
        label="Period",
        choices=(),
        empty_label=None,
        null_label=None,
        widget=LongSelect,
    )
    since = django_filters.DateFilter(method="as_it_is", label="From", validators=SENSIBLE, widget=DayInput)
    until = django_filters.DateFilter(method="as_it_is", label="To", validators=SENSIBLE, widget=DayInput)
    metric = django_filters.ChoiceFilter(
        method="as_it_is", label="Measured by", empty_label=None, widget=LongSelect,
        choices=[(key, short_name(BY_KEY[key])) for key in HEADLINES],
    )  # fmt: skip
    cut = django_filters.ChoiceFilter(
        method="as_it_is", label="Each phase", empty_label=None, widget=LongSelect,
        choices=[(str(cut), f"{cut}% shorter") for cut in CUTS],
    )  # fmt: skip
    severity = django_filters.ModelChoiceFilter(
        queryset=Severity.objects.all(), empty_label="Any severity", label="Severity", widget=LongSelect
    )
    incident_type = django_filters.ModelChoiceFilter(
        queryset=IncidentType.objects.all(), empty_label="Any type", label="Type", widget=LongSelect
    )
    service = django_filters.ModelChoiceFilter(
        queryset=Service.objects.all(),
        empty_label="Any service",
        label="Service",
        to_field_name="slug",
        widget=LongSelect,
        method="by_service",
    )
    team = django_filters.ModelChoiceFilter(
        queryset=Team.objects.all(),
        empty_label="Any team",
        label="Team",
        to_field_name="slug",
        widget=LongSelect,
        method="by_team",
    )

    class Meta:
        model = Incident
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = list(self.PERIODS.items())

    def as_it_is(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset

    @classmethod
    def days(cls, chosen: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        """The first moment of the period, and the first after it."""
        period = chosen.get("period") or cls.DEFAULT_PERIOD
        if period == "all":
            return None, None
        if period == "own":
            since, until = chosen.get("since"), chosen.get("until")
            return midnight(since) if since else None, midnight(until + timedelta(days=1)) if until else None
        return midnight(cls.first_day(period, chosen)), None

    @classmethod
    def first_day(cls, period: str, chosen: dict[str, Any]) -> date:
        return timezone.localdate() - timedelta(days=int(period) - 1)

    def by_service(self, queryset: Any, name: str, value: Service) -> Any:
        return queryset.affecting([value])

    def by_team(self, queryset: Any, name: str, value: Team) -> Any:
        return queryset.affecting(Service.objects.filter(owner_team=value))


@dataclass(frozen=True)
class Asked:
    """What a page is about; `query` is the address that asks it again."""

    scope: Scope
    metric: Metric
    form: Any
    query: str
    cut: int
    own_zone: str = ""

    @cached_property
    def zone(self) -> str:
        """Whose hours, nights and months: the organisation's unless others were asked for."""
        return self.own_zone or Installation.get().time_zone

    @property
    def items(self) -> ActionItemQuerySet:
        """The action items it is about."""
        return _items(self.form.cleaned_data, self.scope.access)

    @property
    def period(self) -> str:
        return days_of(self.scope)

    @property
    def missing(self) -> str:
        """A sentence where a chosen team or the like does not exist, or was deleted since; else empty."""
        names = [name.replace("_", " ") for name in CHOSEN if name in self.form.errors]
        if not names:
            return ""
        verb = "does" if len(names) == 1 else "do"
        return f"The chosen {' and '.join(names)} {verb} not exist. The figures are not limited to {'it' if len(names) == 1 else 'them'}."


def days_of(scope: Scope) -> str:
    """“26 Aug – 23 Nov 2026”, in the reader's days."""
    last = timezone.localtime(scope.horizon - timedelta(microseconds=1))
    if scope.since is None:
        return f"up to {last.day} {last:%b %Y}" if scope.until else "all time"
    first = timezone.localtime(scope.since)
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b} {last.year}"


def ask(data: Any, access: Access, kind: "type[InsightsFilter]" = InsightsFilter, *, zone: str = "") -> Asked:
    """Within the reader's reach. `zone`: whose hours count, empty for the organisation's. Invalid parameters are ignored, and `form` says which.

    Dates without the name of a period are the period; beside a named one they are an error of the form.
    """
    values = data.copy()
    if not values.get("period"):
        has_dates = values.get("since") or values.get("until")
        values["period"] = "own" if has_dates else kind.DEFAULT_PERIOD
    for name, value in ({"metric": DEFAULT_METRIC} | kind.DEFAULTS).items():
        values.setdefault(name, value)
    found = kind(values, queryset=access.incidents)
    defaults = {"period": kind.DEFAULT_PERIOD, "metric": DEFAULT_METRIC, **kind.DEFAULTS}
    for name in found.form.errors:  # the fields show what holds
        values[name] = defaults.get(name, "")
    _name_unused_dates(found.form, kind.PERIODS)
    chosen = found.form.cleaned_data
    narrowed = found.filter_queryset(access.incidents)
    metric = next(m for m in METRICS if m.key == (chosen.get("metric") or DEFAULT_METRIC))
    scope = Scope(narrowed, *kind.days(chosen), access=access)
    return Asked(
        scope,
        metric,
        found.form,
        data.urlencode(),
        int(chosen.get("cut") or DEFAULT_CUT),
        zone,
    )


def _name_unused_dates(form: Any, periods: dict[str, str]) -> None:
    """Say so where the address has dates and, beside them, a period that has others."""
    chosen = form.cleaned_data
    period = chosen.get("period")
    if period and period != "own" and (chosen.get("since") or chosen.get("until")):
        form.add_error("period", f"The dates are not used: the period is “{periods[period]}”.")
        chosen["period"] = period
    if period == "own" and chosen.get("since") and chosen.get("until") and chosen["until"] < chosen["since"]:
        form.add_error("until", "The last day is before the first.")


def _items(chosen: dict[str, Any], access: Access) -> ActionItemQuerySet:
    """Those a team has itself; else those that came from the incidents asked for: the list of them narrows alike."""
    items = access.action_items
    sources = {name: chosen[name] for name in ("severity", "incident_type") if chosen.get(name)}
    if sources:
        items = items.from_incidents(access.incidents.filter(**sources))
    if chosen.get("service"):
        items = items.from_incidents(access.incidents.affecting([chosen["service"]]))
    return items.filter(team=chosen["team"]) if chosen.get("team") else items


def midnight(day: date) -> datetime:
    return first_moment(day, timezone.get_current_timezone())
