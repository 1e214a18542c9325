"""The forms of a running incident."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import User, UserQuerySet
from core.forms import Form, ModelForm
from incidents.forms.fields import MinutesField, MomentField, ResponderField, ServiceField
from incidents.models import (
    MILESTONES,
    ChangeEvent,
    ChecklistKind,
    CheckState,
    Confidence,
    Hypothesis,
    HypothesisState,
    Incident,
    IncidentLink,
    Mitigation,
    RecoveryCheck,
    Severity,
)
from incidents.models.response import ServiceImpact


class VersionedForm(ModelForm):
    """Carries the version it was loaded with, so that nobody overwrites what somebody else just wrote."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, instance: Incident, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": instance.version} | kwargs.get("initial", {})
        super().__init__(*args, instance=instance, **kwargs)

    def _post_clean(self) -> None:
        """The verb checks and saves; the instance stays as loaded."""


class DescriptionForm(VersionedForm):
    class Meta:
        model = Incident
        fields = ["title", "summary", "incident_type", "is_drill"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}


class NowNextForm(VersionedForm):
    class Meta:
        model = Incident
        fields = ["now_note", "next_note"]
        labels = {"now_note": "Now: what is being done?", "next_note": "Next: what comes then?"}


class ImpactForm(VersionedForm):
    """What people feel, in a sentence and in figures; one figure a line, “Customers: 2,140”."""

    figures = forms.CharField(
        label="Figures, one a line",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name, colon, value, for example “Card payments failing: 38%”. At most six.",
    )

    class Meta:
        model = Incident
        fields = ["impact_summary", "degraded_note", "cost_low", "cost_high"]
        labels = {"impact_summary": "Customer impact", "degraded_note": "Running degraded"}

    def __init__(self, *args: Any, instance: Incident, **kwargs: Any) -> None:
        lines = "\n".join(f"{figure['label']}: {figure['value']}" for figure in instance.impact_figures)
        super().__init__(*args, instance=instance, initial={"figures": lines}, **kwargs)

    def clean_figures(self) -> list[dict[str, str]]:
        figures = []
        for line in filter(None, map(str.strip, self.cleaned_data["figures"].splitlines())):
            label, colon, value = line.rpartition(":")
            if not colon or not label.strip() or not value.strip():
                raise ValidationError(f"“{line}” needs a name, a colon and a value.")
            figures.append({"label": label.strip()[:60], "value": value.strip()[:30]})
        if len(figures) > 6:
            raise ValidationError("At most six figures.")
        return figures

    def clean(self) -> dict:
        data = super().clean()
        if "figures" in data:
            data["impact_figures"] = data.pop("figures")
        return data


class SeverityForm(Form):
    severity = forms.ModelChoiceField(Severity.objects.all(), widget=forms.RadioSelect, empty_label=None)
    reason = forms.CharField(label="Why?", max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(
            *args, initial={"severity": incident.severity_id, "version": incident.version}, **kwargs
        )
        self.typed_field("severity", forms.ModelChoiceField).choices = [
            (s.pk, f"{s.name} · {s.criteria}") for s in Severity.objects.all()
        ]


class ReasonForm(Form):
    reason = forms.CharField(max_length=300, widget=forms.Textarea)

    def __init__(self, *args: Any, label: str, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].required = required


class MilestonesForm(Form):
    """All nine times, each with where it is known from and how sure it is."""

    SOURCES = [("system", "System"), ("alert", "Alert"), ("person", "Person"), ("estimate", "Estimate")]

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": incident.version}, **kwargs)
        self.incident = incident
        for name, label in MILESTONES.items():
            basis = incident.milestone_basis.get(name, {})
            fields = {
                name: MomentField(label=label, required=False, initial=getattr(incident, name)),
                f"{name}_source": forms.ChoiceField(
                    label=f"{label}: known from",
                    choices=self.SOURCES,
                    required=False,
                    initial=basis.get("source", "person"),
                ),
                f"{name}_uncertainty": forms.IntegerField(
                    label=f"{label}: ± minutes",
                    min_value=0,
                    max_value=1440,
                    required=False,
                    initial=(basis.get("uncertainty_seconds") or 0) // 60 or None,
                ),
            }
            for key, field in fields.items():
                field.widget.attrs.setdefault("class", "select" if "_source" in key else "input")
                if "_uncertainty" in key:
                    field.widget.attrs["placeholder"] = "± min"
                self.fields[key] = field

    @property
    def rows(self) -> list[tuple]:
        """Each time with its source and uncertainty, and the words of the update it was estimated from."""
        basis = self.incident.milestone_basis
        return [
            (self[n], self[f"{n}_source"], self[f"{n}_uncertainty"], basis.get(n, {}).get("words", ""))
            for n in MILESTONES
        ]

    def change(self) -> dict:
        """The arguments of `set_milestones`: only the times that differ at the precision of the field."""
        data = self.cleaned_data
        moments, basis = {}, {}
        for name in MILESTONES:
            before = getattr(self.incident, name)
            if data[name] != (before.replace(microsecond=0) if before else None):
                moments[name] = data[name]
            new = {
                "source": data[f"{name}_source"] or "person",
                "uncertainty_seconds": (data[f"{name}_uncertainty"] or 0) * 60 or None,
            }
            if data[name] and (
                f"{name}_source" in self.changed_data or f"{name}_uncertainty" in self.changed_data
            ):
                basis[name] = new
                moments.setdefault(name, before)
        return {"moments": moments, "basis": basis, "version": data["version"]}


class ServiceImpactForm(Form):
    service = ServiceField(empty_label=None)
    impact = forms.ChoiceField(choices=[("operational", "Operational again"), *ServiceImpact.choices])
    at = MomentField(label="Since", required=False, help_text="Empty means now.")

    def clean_impact(self) -> str | None:
        value = self.cleaned_data["impact"]
        return None if value == "operational" else value


class RoleForm(Form):
    user = ResponderField(label="To")
    note = forms.CharField(
        label="Hand-over note", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, holder: User | None, hands_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = hands_over
        if holder:
            field = self.typed_field("user", forms.ModelChoiceField)
            field.queryset = User.objects.responders().exclude(pk=holder.pk)


class PersonForm(Form):
    user = forms.ModelChoiceField(User.objects.none(), label="Who")

    def __init__(self, *args: Any, people: UserQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_field("user", forms.ModelChoiceField).queryset = people


class HypothesisForm(Form):
    state = forms.ChoiceField(choices=HypothesisState, widget=forms.RadioSelect)
    confidence = forms.ChoiceField(choices=Confidence)
    verdict = forms.CharField(label="What decided it", max_length=300, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, hypothesis: Hypothesis, **kwargs: Any) -> None:
        initial = {
            "state": hypothesis.state,
            "confidence": hypothesis.confidence,
            "verdict": hypothesis.verdict,
        }
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)


class MitigationForm(Form):
    state = forms.ChoiceField(widget=forms.RadioSelect)
    observed_effect = forms.CharField(
        label="What was seen", max_length=300, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, mitigation: Mitigation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = self.typed_field("state", forms.ChoiceField)
        state.choices = [(s.value, s.label) for s in mitigation.next_states]
        state.initial = self.initial.get("state") or mitigation.next_states[0].value


class ChangeForm(Form):
    title = forms.CharField(label="What was changed", max_length=200)
    service = ServiceField(required=False, empty_label="None in particular")
    kind = forms.ChoiceField(choices=ChangeEvent.Kind)
    at = MomentField(label="When")
    url = forms.URLField(label="Address", required=False, max_length=500, assume_scheme="https")


class TaskForm(Form):
    title = forms.CharField(label="What is to be done", max_length=200)
    owner = ResponderField(label="Who", required=False, empty_label="Nobody yet")
    minutes = MinutesField(label="Time box, minutes", required=False)


class TaskOwnerForm(Form):
    owner = ResponderField(label="Who", required=False, empty_label="Nobody")


class LinkForm(ModelForm):
    class Meta:
        model = IncidentLink
        fields = ["label", "kind", "url"]
        labels = {"url": "Address"}


class RecoveryCheckForm(Form):
    title = forms.CharField(label="What is to be checked", max_length=200)
    kind = forms.ChoiceField(choices=RecoveryCheck.KINDS)
    minutes = MinutesField(label="Normal for how many minutes", required=False, help_text="For a signal.")
    owner = ResponderField(label="Who", required=False, empty_label="Nobody yet")

    def clean(self) -> dict:
        data = super().clean()
        if data.get("kind") == ChecklistKind.SIGNAL and not data.get("minutes"):
            self.add_error("minutes", "Say for how many minutes it must stay normal.")
        return data


class SettleForm(Form):
    state = forms.ChoiceField(choices=[(s.value, s.label) for s in CheckState if s != CheckState.WATCHING])
    result = forms.CharField(label="What was seen, or why it is waived", max_length=300, required=False)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if self["state"].value() == CheckState.WAIVED:
            self.fields["result"].label = "Why it is waived"
            self.fields["result"].required = True
            self.fields["result"].error_messages["required"] = "Say why it is waived."
