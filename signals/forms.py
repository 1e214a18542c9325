"""What administrators choose for sources and signals, and responders in an incident."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Team
from core.forms import PLAIN, Form
from incidents.models import ChecklistKind, Hypothesis, HypothesisState, Incident, Mitigation, Service
from incidents.models.recovery import SETTLED_STATES, RecoveryCheck
from signals.models import (
    LONGEST_QUERY,
    Comparison,
    DataSource,
    RangeKind,
    Signal,
    SignIn,
    SourceKind,
)


class DataSourceForm(Form):
    name = forms.CharField(
        max_length=80,
        help_text="For example “Prometheus eu-1”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label="Address",
        max_length=1000,
        help_text="As workers reach it, such as https://prometheus.example.org. A private address must be allowed with ALLCLEAR_OUTBOUND_ALLOW.",
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url"}),
    )
    sign_in = forms.ChoiceField(
        label="Sign-in", choices=SignIn, initial=SignIn.NONE, widget=forms.RadioSelect
    )
    user_name = forms.CharField(
        required=False, max_length=200, label="User name", widget=forms.TextInput(attrs=PLAIN)
    )
    secret = forms.CharField(
        required=False,
        max_length=2000,
        strip=False,
        label="Token or password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    tenant = forms.CharField(
        required=False,
        max_length=200,
        label="Tenant",
        help_text="For Mimir and Loki with several tenants. It is sent as X-Scope-OrgID.",
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, source: DataSource | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if source and source.secret:
            self.fields["secret"].help_text = "Leave it empty to keep the one that is stored."


class NewDataSourceForm(DataSourceForm):
    kind = forms.ChoiceField(
        choices=[
            (SourceKind.PROMETHEUS, "Prometheus, Thanos, Mimir or VictoriaMetrics"),
            (SourceKind.LOKI, "Loki"),
            (SourceKind.JSON, "Another address that answers JSON"),
            (SourceKind.ALERTMANAGER, "Alertmanager, also that of Grafana or Mimir, to silence alerts"),
        ],
        initial=SourceKind.PROMETHEUS,
        widget=forms.RadioSelect,
    )
    field_order = ("kind", "name", "url", "sign_in", "user_name", "secret", "tenant")


class SignalForm(Form):
    name = forms.CharField(
        max_length=80,
        help_text="For example “Error rate”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    source = forms.ModelChoiceField(DataSource.objects.with_values(), label="Data source", empty_label=None)
    query = forms.CharField(
        max_length=LONGEST_QUERY,
        help_text="It must answer one line. For a JSON address, a JMESPath that finds a number or a list of [time, value] pairs.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "!font-mono text-sm", **PLAIN}),
    )
    path = forms.CharField(
        required=False,
        max_length=500,
        label="Path",
        help_text="Only for a JSON address. It is added to the address. {start}, {end} and {step} stand for the times that are asked for, in seconds.",
        widget=forms.TextInput(attrs={"class": "!font-mono text-sm", **PLAIN}),
    )
    unit = forms.CharField(
        required=False,
        max_length=12,
        help_text="For example %, ms or req/s.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    range_kind = forms.ChoiceField(
        label="Normal range",
        choices=RangeKind,
        initial=RangeKind.FIXED,
        widget=forms.RadioSelect,
        help_text="Recovery checks need one.",
    )
    low = forms.FloatField(required=False, label="Normal from", help_text="Empty means no lower limit.")
    high = forms.FloatField(required=False, label="Normal to", help_text="Empty means no upper limit.")
    owner = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="The team of the service")
    order = forms.IntegerField(
        min_value=0,
        max_value=32_767,
        initial=100,
        label="Place",
        help_text="Of the signals of a service, those with a lower number come first.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("range_kind") != RangeKind.FIXED:
            data["low"] = data["high"] = None
        return data


class NewSignalForm(SignalForm):
    service = forms.ModelChoiceField(Service.objects.in_use(), empty_label=None)
    field_order = (
        "service",
        "name",
        "source",
        "query",
        "path",
        "unit",
        "range_kind",
        "low",
        "high",
        "owner",
        "order",
    )


class SignalField(forms.ModelChoiceField):
    """Signals by their names with those of their services, which tell them apart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.service}"


class CheckForm(Form):
    """A recovery check that a signal answers."""

    signal = SignalField(Signal.objects.none(), empty_label=None)
    minutes = forms.IntegerField(label="Normal for how many minutes", min_value=1, max_value=1440, initial=10)
    title = forms.CharField(
        required=False,
        max_length=200,
        label="What is checked",
        help_text="Empty means the name of the signal.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    check = forms.ModelChoiceField(
        RecoveryCheck.objects.none(),
        required=False,
        label="Recovery check",
        empty_label="A new check",
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signals = Signal.objects.of_incident(incident).exclude(range_kind=RangeKind.NONE)
        self.typed_field("signal", SignalField).queryset = signals
        open_ones = incident.recovery_checks.filter(kind=ChecklistKind.SIGNAL).exclude(
            state__in=SETTLED_STATES
        )
        self.typed_field("check", forms.ModelChoiceField).queryset = open_ones


class ExpectationForm(Form):
    """What is expected of a signal: of a hypothesis or a mitigation, “h12” or “m7”."""

    subject = forms.ChoiceField(label="Of what")
    signal = SignalField(Signal.objects.none(), empty_label=None)
    comparison = forms.ChoiceField(label="What it does", choices=Comparison)
    value = forms.FloatField(required=False, label="Value", help_text="Not needed for “is normal”.")
    minutes = forms.IntegerField(label="Within how many minutes", min_value=1, max_value=1440, initial=5)
    tested_by = forms.ModelChoiceField(
        Mitigation.objects.none(),
        required=False,
        label="After which mitigation",
        empty_label="From now on",
        help_text="For a hypothesis. A mitigation counts from when it is applied.",
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incident = incident
        running = incident.hypotheses.exclude(state=HypothesisState.REFUTED)
        mitigations = incident.mitigations.exclude(state="rejected")
        self.subjects: dict[str, Hypothesis | Mitigation] = {f"h{one.pk}": one for one in running}
        self.subjects |= {f"m{one.pk}": one for one in mitigations}
        self.typed_field("subject", forms.ChoiceField).choices = [
            (key, f"{'Hypothesis' if key[0] == 'h' else 'Mitigation'}: {one}")
            for key, one in self.subjects.items()
        ]
        if not self.subjects:
            self.fields["subject"].help_text = "Raise a hypothesis or record a mitigation first."
        self.typed_field("signal", SignalField).queryset = Signal.objects.of_incident(incident)
        self.typed_field("tested_by", forms.ModelChoiceField).queryset = mitigations

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("comparison") != Comparison.NORMAL and data.get("value") is None and not self.errors:
            raise ValidationError({"value": "Enter the value to compare with."})
        return data

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        key = data.pop("subject")
        return data | {"hypothesis" if key[0] == "h" else "mitigation": self.subjects[key]}
