"""Fields several forms share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from incidents.models import Service

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FARTHEST = timedelta(days=3650)  # ahead of now


class MomentField(forms.DateTimeField):
    """A local date and time, to the second where typed; compared and stored in UTC.

    Slips of the year are refused: some could be stored, but not shown in every zone again.
    """

    def __init__(self, **kwargs: Any):
        kwargs.setdefault(
            "widget",
            forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": 1}),
        )
        super().__init__(**kwargs)

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value and not EARLIEST <= value <= timezone.now() + FARTHEST:
            raise ValidationError("Check the year.")

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"data-zone": timezone.get_current_timezone_name()}


class NeededField(forms.CharField):
    """May stay empty, yet is not called optional where `is_needed`: something else is asked for instead."""

    is_needed = False


class ResponderField(forms.ModelChoiceField):
    """One of the people who may take a role; inactive ones and stakeholders are not offered."""

    def __init__(self, **kwargs: Any):
        super().__init__(User.objects.responders(), **kwargs)


class ServiceField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any):
        super().__init__(Service.objects.in_use(), **kwargs)


class MinutesField(forms.IntegerField):
    def __init__(self, **kwargs: Any):
        super().__init__(min_value=1, max_value=7 * 24 * 60, **kwargs)
