"""What people add to Insights, as forms."""

from typing import Any

from django import forms
from django.utils import timezone

from core.forms import DayInput, Form, ModelForm
from incidents.models import Severity
from insights.definitions import Metric
from insights.filters import SENSIBLE
from insights.models import Annotation, Goal
from insights.workflow import LONGEST_GOAL


class AnnotationForm(ModelForm):
    day = forms.DateField(label="Day", validators=SENSIBLE, widget=DayInput)

    class Meta:
        model = Annotation
        fields = ["words", "day", "kind"]
        labels = {"words": "What happened"}
        help_texts = {"words": "For example: New on-call rota. Everybody who reads Insights sees it."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate


class GoalsForm(Form):
    """Minutes for all incidents and for each severity; empty is no goal."""

    overall = forms.IntegerField(
        label="All incidents, minutes", required=False, min_value=1, max_value=LONGEST_GOAL
    )
    reached_by = forms.DateField(
        label="To be reached by", required=False, validators=SENSIBLE,
        widget=DayInput,
    )  # fmt: skip

    def __init__(self, data: Any, *, metric: Metric) -> None:
        self.severities = list(Severity.objects.all())
        kept = list(Goal.objects.filter(metric=metric.key))
        minutes = {goal.severity_id: goal.seconds // 60 for goal in kept}
        super().__init__(
            data,
            initial={"overall": minutes.get(None), "reached_by": next((g.reached_by for g in kept), None)}
            | {self._name(s): minutes.get(s.pk) for s in self.severities},
        )
        for severity in self.severities:
            self.fields[self._name(severity)] = forms.IntegerField(
                label=f"{severity.name}, minutes", required=False, min_value=1, max_value=LONGEST_GOAL
            )
        self.order_fields(["overall", *map(self._name, self.severities), "reached_by"])

    @staticmethod
    def _name(severity: Severity) -> str:
        return f"severity_{severity.pk}"

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        minutes = {severity: chosen[self._name(severity)] for severity in self.severities}
        return {"minutes": {None: chosen["overall"], **minutes}, "reached_by": chosen["reached_by"]}
