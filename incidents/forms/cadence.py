"""Promising another time, asking for news."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from core.forms import Form
from incidents.forms.fields import MomentField
from incidents.models import UpdateSchedule


class SnoozeForm(Form):
    """Minutes from now rather than a time of day: they exist on the night the clocks change as well."""

    audience = forms.ChoiceField(label="Which update")
    minutes = forms.TypedChoiceField(
        label="It comes in",
        coerce=int,
        choices=[(15, "15 min"), (30, "30 min"), (60, "1 h"), (120, "2 h"), (240, "4 h")],
        initial=30,
    )
    until = MomentField(label="or at", required=False)
    reason = forms.CharField(label="Why later?", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, schedules: list[UpdateSchedule], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.typed_field("audience", forms.ChoiceField).choices = [(s.audience, s.what) for s in schedules]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        minutes = data.pop("minutes", None)
        if minutes and not data.get("until"):
            data["until"] = timezone.now() + timedelta(minutes=minutes)
        return data


class RequestForm(Form):
    question = forms.CharField(label="What do you need to know?", max_length=300, required=False, strip=True)
