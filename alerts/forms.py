"""What a list of alerts is narrowed by, and what people choose for one."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from alerts.models import LONGEST_COMMENT, OPEN_STATES, Alert, AlertQuerySet, AlertState
from core.forms import FilterForm, Form
from core.text import length_in_words
from incidents.models import Incident, Service

RECENT = 1000  # alerts whose words are offered


class AlertFilter(django_filters.FilterSet):
    """What the list can be narrowed by; the address carries it."""

    q = django_filters.CharFilter(method="search", label="Search")
    state = django_filters.ChoiceFilter(
        method="by_state",
        label="State",
        choices=[("open", "Open alerts"), *AlertState.choices, ("noise", "Marked as noise")],
        empty_label="Any state",
    )
    source = django_filters.ModelChoiceFilter(
        queryset=None, field_name="integration", label="Source", empty_label="Any source"
    )
    service = django_filters.ModelChoiceFilter(
        queryset=Service.objects.in_use(), empty_label="Any service", label="Service"
    )
    severity = django_filters.ChoiceFilter(label="Severity", empty_label="Any severity")

    class Meta:
        model = Alert
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: Any, reader: Any, **kwargs: Any):
        self.reader = reader
        super().__init__(*args, **kwargs)
        sources: Any = Alert._meta.get_field("integration").related_model
        self.filters["source"].extra["queryset"] = sources.objects.order_by("name")
        self.filters["severity"].extra["choices"] = lambda: [(word, word) for word in self._severities()]

    def _severities(self) -> list[str]:
        """The senders' words of late."""
        recent = Alert.objects.visible_to(self.reader).newest_first()[:RECENT].values("pk")
        words = Alert.objects.filter(pk__in=recent).order_by("severity").values_list("severity", flat=True)
        return [word for word in words.distinct() if word]

    def search(self, queryset: AlertQuerySet, name: str, value: str) -> AlertQuerySet:
        return queryset.told_by(value, self.reader)

    def by_state(self, queryset: AlertQuerySet, name: str, value: str) -> AlertQuerySet:
        if value == "noise":
            return queryset.filter(is_noise=True)
        return queryset.filter(state__in=OPEN_STATES if value == "open" else (value,))


class SilenceForm(Form):
    """Which labels count, how long, and why."""

    LENGTHS = (30, 120, 480, 1440)  # minutes
    WITH_INCIDENT = "incident"

    labels = forms.MultipleChoiceField(
        label="Silence alerts with",
        widget=forms.CheckboxSelectMultiple,
        help_text="Clear a label to silence more alerts.",
        error_messages={"required": "Choose at least one label."},
    )
    lasts = forms.ChoiceField(label="Silence for", widget=forms.RadioSelect)
    comment = forms.CharField(
        required=False,
        max_length=LONGEST_COMMENT,
        help_text="Everybody who can see the silence in Alertmanager or on an alert can read it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, alert: Alert, has_incident: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        named = [(name, f"{name}={value}") for name, value in sorted(alert.labels.items()) if value]
        self.typed_field("labels", forms.MultipleChoiceField).choices = named
        self.initial.setdefault("labels", [name for name, _ in named])
        lengths = [(str(minutes), length_in_words(minutes)) for minutes in self.LENGTHS]
        if has_incident:
            lengths = [(self.WITH_INCIDENT, "Until the incident is resolved"), *lengths]
        self.typed_field("lasts", forms.ChoiceField).choices = lengths
        self.initial.setdefault("lasts", lengths[0][0] if has_incident else "120")

    @property
    def until(self) -> datetime | None:
        """None: as long as the incident."""
        lasts = self.cleaned_data["lasts"]
        return None if lasts == self.WITH_INCIDENT else timezone.now() + timedelta(minutes=int(lasts))


class AttachForm(Form):
    """To which incident an alert belongs."""

    incident = forms.CharField(
        label="Incident",
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "INC-142", "autofocus": True}),
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.reader = reader

    def clean_incident(self) -> Incident:
        written = self.cleaned_data["incident"]
        found = Incident.objects.visible_to(self.reader).of_reference(written).first()
        if found is None:
            raise ValidationError(f"There is no incident {written} that you can see.")
        return found
