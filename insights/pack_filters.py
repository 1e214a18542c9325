"""What a board pack is asked: its months, whose incidents, and which parts it has."""

from datetime import date, datetime
from typing import Any, ClassVar

import django_filters
from dateutil.relativedelta import relativedelta
from django import forms
from django.http import QueryDict
from django.utils import timezone

from core.forms import FilterForm
from insights.cohort import Access
from insights.filters import Asked, InsightsFilter, ask, midnight
from insights.questions import QUESTIONS
from insights.series import start_of

PACK = "pack"
TREND, FACTORS, LARGEST, COMMITMENTS, DECISIONS = "trend", "factors", "largest", "commitments", "decisions"
OWN_PARTS = {
    TREND: "By month",
    FACTORS: "Contributing factors seen again",
    LARGEST: "Incidents with the largest impact",
    COMMITMENTS: "Commitments of last month",
    DECISIONS: "Decisions needed",
}
MORE_PARTS = {key: QUESTIONS[key] for key in ("promises", "actions", "breaks", "humane", "time", "cost")}
PARTS = OWN_PARTS | MORE_PARTS
KEPT = ("team", "service", "severity", "metric")
PACK_PERIODS = {
    "3": "3 months, so far", "whole": "Last 3 whole months", "month": "Last month", "12": "12 months, so far",
    "own": "From … to …",
}  # fmt: skip
WHOLE = {"whole": 3, "month": 1}  # months that are over


class PackForm(FilterForm):
    field_order = ("team", "service", "severity", "period", "since", "until", "metric", "part")


class PackFilter(InsightsFilter):
    """Whole months; the last one may still run."""

    PERIODS: ClassVar = PACK_PERIODS
    DEFAULT_PERIOD: ClassVar = "3"
    DEFAULTS: ClassVar = {"metric": "time_to_mitigate"}

    part = django_filters.MultipleChoiceFilter(
        method="as_it_is", label="Contents", choices=list(PARTS.items()), widget=forms.CheckboxSelectMultiple
    )
    cut = None
    incident_type = None

    class Meta(InsightsFilter.Meta):
        form = PackForm

    @classmethod
    def days(cls, chosen: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        period = chosen.get("period") or cls.DEFAULT_PERIOD
        if period not in WHOLE:
            return super().days(chosen)
        after = start_of(timezone.localdate(), "month")
        return midnight(after - relativedelta(months=WHOLE[period])), midnight(after)

    @classmethod
    def first_day(cls, period: str, chosen: dict[str, Any]) -> date:
        return start_of(timezone.localdate(), "month") - relativedelta(months=int(period) - 1)


def ask_pack(data: Any, access: Access) -> tuple[Asked, list[str]]:
    """In the reader's months, and the parts that are asked for; without any named, the pack's own."""
    asked = ask(data, access, PackFilter, zone=timezone.get_current_timezone_name())
    chosen = asked.form.cleaned_data.get("part") or list(OWN_PARTS)
    return asked, [key for key in PARTS if key in chosen]


def kept_pack(query: str) -> str:
    """What of an address says whose pack it is and what is in it, always in one order; without the period."""
    data, kept = QueryDict(query), QueryDict(mutable=True)
    for name in KEPT:
        if data.get(name) and (name, data[name]) != ("metric", PackFilter.DEFAULTS["metric"]):
            kept[name] = data[name]
    parts = [key for key in PARTS if key in data.getlist("part")]
    if parts and parts != list(OWN_PARTS):
        kept.setlist("part", parts)
    return kept.urlencode()
