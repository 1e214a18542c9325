"""What administrators choose for an alert route."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from accounts.models import Team
from alerts.deciding.rules import OPENING, Becomes, GroupBy
from alerts.models import Route
from alerts.models.route import MOST_MINUTES
from alerts.workflow.trying import DAYS
from core.forms import PLAIN, Form
from core.jmespaths import LONGEST_EXPRESSION
from incidents.models import IncidentType, Service, Severity

ROWS = 4
"""Severity words with an outcome of their own that a form shows at least."""
CODE = {"class": "!font-mono text-sm", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
WINDOWS = (
    (5, "5 min"),
    (15, "15 min"),
    (30, "30 min"),
    (60, "1 h"),
    (240, "4 h"),
    (1440, "24 h"),
    (10080, "7 days"),
)
FIRING = ((0, "At once"), (1, "1 min"), (2, "2 min"), (5, "5 min"), (10, "10 min"), (15, "15 min"), (30, "30 min"), (60, "1 h"))  # fmt: skip


class TextList(forms.CharField):
    """Texts with a comma or, with `by_line`, a line for each."""

    def __init__(self, *args: Any, by_line: bool = False, **kwargs: Any) -> None:
        self.between = "\n" if by_line else ","
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> list[str]:
        said = re.split(self.between, super().clean(value) or "")
        return [one.strip() for one in said if one.strip()]

    def prepare_value(self, value: Any) -> Any:
        return (
            (self.between + ("" if self.between == "\n" else " ")).join(value)
            if isinstance(value, list)
            else value
        )


class MinutesField(forms.TypedChoiceField):
    """Of a few round numbers, and what is stored already."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        self.round = choices
        super().__init__(choices=choices, coerce=int, **kwargs)

    def add(self, stored: int) -> None:
        if stored not in dict(self.round):
            self.choices = [*self.round, (stored, f"{stored} min")]


class RouteForm(Form):
    name = forms.CharField(
        max_length=80,
        help_text="For example “Payments errors”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_active = forms.BooleanField(label="This route is on", required=False, initial=True)
    integrations: Any = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Integration is one of", widget=forms.CheckboxSelectMultiple
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.in_use(),
        required=False,
        label="Service is one of",
        widget=forms.CheckboxSelectMultiple,
    )
    severities = TextList(
        label="Severity word is one of",
        help_text="As the sender writes it, with commas between.",
        widget=forms.TextInput(attrs={"placeholder": "critical, page", **PLAIN}),
    )
    title_words = TextList(label="Title has all of", widget=forms.TextInput(attrs=PLAIN))
    title_without = TextList(
        label="Title has none of", widget=forms.TextInput(attrs={"placeholder": "canary", **PLAIN})
    )
    labels = TextList(
        by_line=True,
        label="Labels",
        help_text="One on each line: name = value, or name != value. A * stands for any text.",
        widget=forms.Textarea(attrs={"placeholder": "cluster = eu-*\nenv != test", **CODE}),
    )
    expression = forms.CharField(
        required=False,
        max_length=LONGEST_EXPRESSION,
        label="JMESPath expression",
        help_text="Over title, description, severity, service, service_name, source, integration, group_key, dedup_key and labels.",
        widget=forms.TextInput(attrs={"placeholder": "labels.tier == 'gold'", **CODE}),
    )
    becomes = forms.ChoiceField(label="Outcome for anything else", choices=Becomes, initial=Becomes.SUSPECT)
    severity = forms.ModelChoiceField(
        Severity.objects.all(), required=False, label="Severity for anything else", empty_label="Not sure"
    )
    attaches_first = forms.BooleanField(
        required=False, initial=True, label="Attach to an open incident of the same group or service first"
    )
    incident_type = forms.ModelChoiceField(
        IncidentType.objects.all(), required=False, help_text="Of incidents that it declares."
    )
    group_by = forms.ChoiceField(label="Group by", choices=GroupBy, initial=GroupBy.SERVICE)
    group_labels = TextList(
        label="Labels to group by", widget=forms.TextInput(attrs={"placeholder": "cluster, zone", **PLAIN})
    )
    window_minutes = MinutesField(
        WINDOWS, label="Grouping window", initial=60, help_text="After the last alert."
    )
    times = forms.IntegerField(label="Only if it fires, times", min_value=1, max_value=1000, initial=1)
    times_minutes = forms.IntegerField(
        label="Within minutes", min_value=1, max_value=MOST_MINUTES, initial=30
    )
    firing_minutes = MinutesField(FIRING, label="Only after firing for", initial=0)
    owner_team = forms.ModelChoiceField(
        Team.objects.all(), required=False, help_text="Who looks after this route."
    )
    is_quiet_in_maintenance = forms.BooleanField(
        required=False,
        label="Quiet in maintenance",
        help_text="While a maintenance of the service is under way.",
    )

    def __init__(self, *args: Any, route: Route | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(route) if route else None, **kwargs)
        integrations: Any = Route._meta.get_field("integrations").related_model
        self.typed_field(
            "integrations", forms.ModelMultipleChoiceField
        ).queryset = integrations.objects.order_by("name")
        self.stored = list(route.outcomes.all()) if route else []
        if route:
            for name in ("window_minutes", "firing_minutes"):
                self.typed_field(name, MinutesField).add(getattr(route, name))
        for n in range(self.row_count):
            self._add_row(n)

    @property
    def row_count(self) -> int:
        return max(ROWS, len(self.stored) + 1)

    def _add_row(self, n: int) -> None:
        one = self.stored[n] if n < len(self.stored) else None
        self.fields[f"word_{n}"] = forms.CharField(
            label=f"Severity word {n + 1}",
            max_length=60,
            required=False,
            initial=one.word if one else "",
            widget=forms.TextInput(attrs={"placeholder": "critical" if n == 0 else "Severity word", **PLAIN}),
        )
        self.fields[f"becomes_{n}"] = forms.ChoiceField(
            label=f"Outcome {n + 1}",
            choices=Becomes,
            required=False,
            initial=one.becomes if one else Becomes.DECLARE,
        )
        self.fields[f"severity_{n}"] = forms.ModelChoiceField(
            Severity.objects.all(),
            label=f"Severity {n + 1}",
            required=False,
            initial=one.severity if one else None,
            empty_label="Not sure",
        )

    @property
    def picked(self) -> list[BoundField]:
        """What is chosen from lists that may be long, where there is anything to choose."""
        return [self[name] for name in ("integrations", "services") if self[name].subwidgets]

    @property
    def rows(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        for n in range(self.row_count):
            yield self[f"word_{n}"], self[f"becomes_{n}"], self[f"severity_{n}"]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        outcomes: dict[str, dict[str, Any]] = {}
        for n in range(self.row_count):
            word = (said.get(f"word_{n}") or "").strip()
            if word and word.casefold() in outcomes:
                self.add_error(f"word_{n}", ValidationError(f"“{word}” is here twice."))
            elif word:
                becomes = said.get(f"becomes_{n}") or Becomes.RECORD
                severity = said.get(f"severity_{n}") if becomes in OPENING else None
                outcomes[word.casefold()] = {"becomes": becomes, "severity": severity}
        said["outcomes"] = outcomes
        return said

    @property
    def said(self) -> dict[str, Any]:
        """What the verbs take."""
        rows = ("word_", "becomes_", "severity_")
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith(rows)}


class TrialForm(Form):
    days = forms.TypedChoiceField(
        choices=[(days, "Last day" if days == 1 else f"Last {days} days") for days in DAYS],
        coerce=int,
        initial=7,
        required=False,
        empty_value=None,
        label="Tried on",
    )


def _initial(route: Route) -> dict[str, Any]:
    names = [name for name in RouteForm.base_fields if name not in ("integrations", "services")]
    return {name: getattr(route, name) for name in names} | {
        "integrations": list(route.integrations.all()),
        "services": list(route.services.all()),
    }
