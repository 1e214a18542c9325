import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from core.forms import Form
from incidents.forms.fields import MomentField
from incidents.models import ImpactAssessment, Incident, IncidentType, Service, ServiceImpact, Severity
from incidents.workflow.impact import SERVICE_IMPACT_ASKED, asks_for_service_impact


class DeclareForm(Form):
    """Two answers are enough: what is wrong, and how bad. The rest can change later."""

    NOT_SURE = "not-sure"

    title = forms.CharField(label="What is wrong?", max_length=200)
    severity = forms.ChoiceField(
        label="How bad is it?", error_messages={"required": "Choose one, or “not sure”."}
    )
    services = forms.ModelMultipleChoiceField(Service.objects.in_use(), required=False)
    service_impact = forms.ChoiceField(
        label="How badly are they affected?",
        choices=ServiceImpact,
        widget=forms.RadioSelect,
        required=False,
    )
    takes_command = forms.BooleanField(label="I take command", required=False, initial=True)
    summary = forms.CharField(max_length=500, required=False, widget=forms.Textarea)
    incident_type = forms.ModelChoiceField(IncidentType.objects.all(), required=False, label="Type")
    impact_started_at = MomentField(label="Impact began", required=False)
    is_private = forms.BooleanField(label="Private", required=False)
    is_drill = forms.BooleanField(label="Drill", required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    users_affected = forms.ChoiceField(
        label="How many users are affected?",
        choices=ImpactAssessment.Share,
        widget=forms.RadioSelect,
        required=False,
    )
    criticality = forms.ChoiceField(
        label="What is affected?",
        choices=ImpactAssessment.Criticality,
        widget=forms.RadioSelect,
        required=False,
    )
    data_at_risk = forms.ChoiceField(
        label="Is data at risk?", choices=ImpactAssessment.Answer, widget=forms.RadioSelect, required=False
    )
    has_workaround = forms.ChoiceField(
        label="Can people work around it?",
        choices=ImpactAssessment.Answer,
        widget=forms.RadioSelect,
        required=False,
    )
    is_spreading = forms.ChoiceField(
        label="Is it spreading?", choices=ImpactAssessment.Answer, widget=forms.RadioSelect, required=False
    )
    override_reason = forms.CharField(label="Why another severity?", max_length=300, required=False)

    QUESTIONS = ("users_affected", "criticality", "data_at_risk", "has_workaround", "is_spreading")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severities = list(Severity.objects.prefetch_related("cadences"))
        self.typed_field("severity", forms.ChoiceField).choices = [
            *((s.pk, s.name) for s in self.severities),
            (self.NOT_SURE, "Not sure"),
        ]

    @property
    def answers(self) -> dict[str, str]:
        """The five answers where all are given, else {}."""
        data = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        answers = {name: data.get(name) or "" for name in self.QUESTIONS}
        return answers if all(answers.values()) else {}

    @property
    def suggested_rank(self) -> int | None:
        return ImpactAssessment.suggest_rank(**self.answers) if self.answers else None

    def clean_severity(self) -> Severity:
        value = self.cleaned_data["severity"]
        if value == self.NOT_SURE:
            return next((s for s in self.severities if s.when_unsure), self.severities[0])
        return next(s for s in self.severities if str(s.pk) == value)

    def clean_impact_started_at(self) -> datetime | None:
        moment = self.cleaned_data["impact_started_at"]
        if moment and moment > timezone.now():
            raise ValidationError("This is in the future.")
        return moment

    def clean(self) -> dict:
        data = super().clean()
        severity = data.get("severity")
        if (
            data.get("services")
            and severity
            and asks_for_service_impact(severity)
            and not data.get("service_impact")
        ):
            self.add_error("service_impact", SERVICE_IMPACT_ASKED)
        given = [name for name in self.QUESTIONS if data.get(name)]
        if given and len(given) < len(self.QUESTIONS):
            missing = next(name for name in self.QUESTIONS if not data.get(name))
            self.add_error(missing, "Answer all five, or none.")
        if self.answers and data.get("severity"):
            suggested = ImpactAssessment.suggest_rank(**self.answers)
            if data["severity"].rank != suggested and not data["override_reason"]:
                self.add_error(
                    "override_reason",
                    f"The answers suggest SEV{suggested}. Give a reason to choose otherwise.",
                )
        return data

    def declaration(self) -> dict:
        """The arguments of `declare_incident`."""
        names = (
            "title",
            "severity",
            "services",
            "takes_command",
            "summary",
            "incident_type",
            "impact_started_at",
            "is_private",
            "is_drill",
            "form_token",
        )
        return {name: self.cleaned_data[name] for name in names} | {
            "services": list(self.cleaned_data["services"]),
            "service_impact": self.cleaned_data["service_impact"] or ServiceImpact.DEGRADED,
        }


class ReportForm(Form):
    title = forms.CharField(label="What looks wrong?", max_length=200)
    summary = forms.CharField(
        label="What did you see?", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.in_use(), required=False, label="Where?", widget=forms.CheckboxSelectMultiple
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_services(self) -> list[Service]:
        return list(self.cleaned_data["services"])


class AcceptForm(Form):
    severity = forms.ModelChoiceField(Severity.objects.all(), label="How bad is it?", empty_label=None)
    service_impact = forms.ChoiceField(
        label="How badly are the services affected?",
        choices=ServiceImpact,
        widget=forms.RadioSelect,
        required=False,
    )
    takes_command = forms.BooleanField(label="I take command", required=False, initial=True)

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not services:
            del self.fields["service_impact"]
            return
        asking = [str(severity) for severity in Severity.objects.all() if asks_for_service_impact(severity)]
        impact = self.fields["service_impact"]
        impact.is_needed = True  # type: ignore[attr-defined]  # the text below says when
        impact.help_text = f"{', '.join(map(str, services))}. Required for {' and '.join(asking)}."

    def clean(self) -> dict:
        data = super().clean()
        severity = data.get("severity")
        if (
            "service_impact" in self.fields
            and severity
            and asks_for_service_impact(severity)
            and not data["service_impact"]
        ):
            self.add_error("service_impact", SERVICE_IMPACT_ASKED)
        return data


class DeclineForm(Form):
    reason = forms.CharField(label="Why is this not an incident?", max_length=300, widget=forms.Textarea)


class MergeForm(Form):
    into = forms.ModelChoiceField(Incident.objects.none(), label="Merge into")

    def __init__(self, *args: Any, user: User, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reachable = Incident.objects.visible_to(user).real().exclude(pk=incident.pk).newest_first()
        into = self.typed_field("into", forms.ModelChoiceField)
        into.queryset = reachable
        into.choices = [("", "Choose one"), *((i.pk, str(i)) for i in reachable[:100])]
