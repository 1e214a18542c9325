"""Fields several forms share."""

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from core.local_time import UnclearTimeError, at_local, choices_of, is_sensible, offset, readings
from incidents.models import Service

CHECK_YEAR = "Check the year."


class MomentInput(forms.DateTimeInput):
    """A local date and time; where clocks showed it twice, beside it the choice which of the two is meant."""

    template_name = "forms/moment.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was typed, followed by the offset that was chosen, where that is one of its two readings."""
        typed = super().value_from_datadict(data, files, name)
        reading = data.get(f"{name}_reading", "")
        if reading and isinstance(typed, str) and reading in dict(_readings(_wall(typed))):
            return typed.strip() + reading
        return typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        wall, chosen = value, ""
        if isinstance(value, datetime):
            wall = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
            chosen = offset(value, timezone.get_current_timezone()) if timezone.is_aware(value) else ""
        read = _wall(wall)
        if read is None or not read.second:  # seconds are shown where the stored time has some
            attrs = (attrs or {}) | {"step": 60}
            wall = f"{read:%Y-%m-%dT%H:%M}" if read else wall
        context = super().get_context(name, wall, attrs)
        context["widget"]["readings"] = _readings(_wall(wall))
        context["widget"]["chosen"] = chosen
        return context


def _wall(value: Any) -> datetime | None:
    """A local time as it was typed, if it can be read and names no zone."""
    if isinstance(value, str):
        try:
            value = parse_datetime(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, datetime) and timezone.is_naive(value) else None


def _readings(wall: datetime | None) -> list[tuple[str, str]]:
    """Both readings of a time that was twice; of any other nothing."""
    zone = timezone.get_current_timezone()
    try:
        found = readings(wall, zone) if wall else ()
    except OverflowError:
        return []
    return choices_of(found, zone) if len(found) > 1 else []


class MomentField(forms.DateTimeField):
    """A local date and time, to the second where typed; answered in UTC.

    Slips of the year are refused: some could be stored, but not shown in every zone again.
    """

    def __init__(self, **kwargs: Any):
        kwargs.setdefault(
            "widget",
            MomentInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": 1}),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """With its zone, which says which of two readings is stored; Django's own has lost it here."""
        if isinstance(value, str) and (found := _aware(value)) and _fits_every_zone(found):
            return found
        return value

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        if found := _aware(value):
            if not _fits_every_zone(found):
                raise ValidationError(CHECK_YEAR)
            return found.astimezone(UTC)
        if ":" not in value:
            raise ValidationError("Enter a date and a time of day.")
        with timezone.override(
            UTC
        ):  # Django refuses what its zone had twice: so it only reads the clock here
            read = super().to_python(value)
        assert read is not None
        try:
            return at_local(read.replace(tzinfo=None), timezone.get_current_timezone())
        except UnclearTimeError as unclear:
            words = "Choose which one you mean." if unclear.readings else ""
            raise ValidationError(f"{str(unclear).partition(' Write ')[0]} {words}".strip()) from None

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value and not is_sensible(value):
            raise ValidationError(CHECK_YEAR)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"data-zone": timezone.get_current_timezone_name()}


def _aware(text: str) -> datetime | None:
    """A time that is written with its offset."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def _fits_every_zone(moment: datetime) -> bool:
    """Whether no zone shows it before the first or after the last year that there is."""
    return MINYEAR < moment.year < MAXYEAR


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
