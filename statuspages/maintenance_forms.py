"""What people type about scheduled maintenance, once or by a rule."""

from collections.abc import Iterator
from copy import copy
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy

from core.forms import Form, ModelForm
from incidents.forms.fields import MomentField
from statuspages.languages import weekday
from statuspages.models import (
    Component,
    Frequency,
    MaintenanceSeries,
    ScheduledMaintenance,
    StatusPage,
)
from statuspages.models.series import Window
from statuspages.recurrence import LAST_DAY, MOST_INTERVAL, PLACES, SAME_DAY, WEEKDAYS
from statuspages.rules import ON_WORKDAYS
from statuspages.workflow import check_series
from statuspages.workflow.maintenance import LONGEST_WORD
from statuspages.workflow.planning import planned_series
from statuspages.workflow.series import MOST_WINDOWS

PREVIEWED = 5  # windows of a series
WEEKDAY_NAMES = [(code, weekday(index)) for index, code in enumerate(WEEKDAYS)]
TOLD_CLOCKS = 2  # windows of which the form says that clocks skip or repeat their time


class MaintenanceForm(ModelForm):
    """Announces work, or another plan for it; either way with a sentence for its readers."""

    starts_at = MomentField(label="Begins")
    ends_at = MomentField(label="Ends")
    components = forms.ModelMultipleChoiceField(
        label="Affected components",
        queryset=Component.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label="What readers should know",
        max_length=LONGEST_WORD,
        widget=forms.Textarea,
        help_text="What changes for them meanwhile, and what they can do. Everybody who subscribed gets this.",
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ScheduledMaintenance
        fields = [
            "title",
            "starts_at",
            "ends_at",
            "components",
            "begins_by_itself",
            "ends_by_itself",
            "reminds",
        ]
        labels = {
            "begins_by_itself": "Begin automatically",
            "ends_by_itself": "Complete automatically",
        }

    field_order = ["title", "starts_at", "ends_at", "components", "text"]

    def __init__(self, *args: Any, page: StatusPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.typed_field("components", forms.ModelMultipleChoiceField)
        field.queryset = page.components.in_order()
        mine = timezone.get_current_timezone_name()
        shown = "" if mine == page.time_zone else f" The page shows it in {page.time_zone}."
        for name in ("starts_at", "ends_at"):
            self.fields[name].help_text = f"In your time zone, {mine}.{shown}"
        del self.fields["form_token" if self.instance.pk else "version"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        begins, ends = data.get("starts_at"), data.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", "It ends before it begins.")
        return data

    def arguments(self) -> dict[str, Any]:
        names = ("components", "text", "form_token", "version")
        return {"maintenance": self.instance} | {
            n: self.cleaned_data[n] for n in names if n in self.cleaned_data
        }


class RepeatingMaintenanceForm(MaintenanceForm):
    """Maintenance that may repeat; with `series`, another plan for one from one of its windows on."""

    NEVER, ON_DATE, AFTER = "never", "on_date", "after"

    frequency = forms.ChoiceField(label="Repeats", required=False)
    interval = forms.IntegerField(
        label="Every how many days, weeks or months",
        min_value=1,
        max_value=max(MOST_INTERVAL.values()),
        initial=1,
        required=False,
        help_text="2 with Weekly means every second week.",
    )
    weekdays = forms.MultipleChoiceField(
        label="On",
        choices=WEEKDAY_NAMES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without a choice, on the weekday of the first window.",
    )
    month_on = forms.ChoiceField(
        label="On which day of the month",
        required=False,
        choices=[
            (SAME_DAY, "The day of the first window"),
            (LAST_DAY, "The last day"),
            *((place, format_lazy("The {word} …", word=ON_WORKDAYS[place])) for place in PLACES),
        ],
    )
    month_weekday = forms.ChoiceField(
        label="Weekday",
        required=False,
        choices=[("", "The weekday of the first window"), *WEEKDAY_NAMES],
        help_text="Counts with a choice such as “The second …”.",
    )
    ends = forms.ChoiceField(
        label="Stops repeating",
        required=False,
        choices=[(NEVER, "Never"), (ON_DATE, "On a date"), (AFTER, "After a number of windows")],
        initial=NEVER,
        widget=forms.RadioSelect,
    )
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    count = forms.IntegerField(label="Number of windows", required=False, min_value=2, max_value=MOST_WINDOWS)

    RULE = ("starts_at", "ends_at", "frequency", "interval", "weekdays", "month_on", "month_weekday", "ends", "ends_on", "count")  # fmt: skip
    SHOWN_WITH = {"weekdays": "weekly", "month_on": "monthly", "month_weekday": "monthly", "ends_on": ON_DATE, "count": AFTER}  # fmt: skip
    field_order = [*MaintenanceForm.field_order[:3], *RULE[2:], "components", "text"]

    def __init__(
        self, *args: Any, page: StatusPage, series: MaintenanceSeries | None = None, **kwargs: Any
    ) -> None:
        self.page, self.standing = page, series
        if series:
            kwargs["initial"] = _of_series(series, kwargs["instance"]) | kwargs.get("initial", {})
        super().__init__(*args, page=page, **kwargs)
        none = [] if series else [("", "Does not repeat")]
        self.typed_field("frequency", forms.ChoiceField).choices = none + Frequency.choices
        for name, value in {"month_weekday": "", "interval": 1}.items():
            self.fields[name].is_needed = True  # type: ignore[attr-defined]
            self.initial.setdefault(name, value)
        for name in ("frequency", "weekdays", "month_on", "ends", "ends_on", "count"):
            self.fields[name].is_needed = True  # type: ignore[attr-defined]
        self.series: MaintenanceSeries | None = None
        if series and not self.is_bound:  # what is previewed before anything is changed
            self.series = copy(series)
            self.series.first_on = self.instance.occurs_on or series.first_on
            self.series.count = self.initial["count"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("frequency") or self.standing):
            return data
        if data.get("ends") == self.ON_DATE and not data.get("ends_on"):
            self.add_error("ends_on", "Enter the last day.")
        if data.get("ends") == self.AFTER and not data.get("count"):
            self.add_error("count", "Enter a number of windows.")
        if not any(name in self.errors for name in self.RULE):
            series = self._made_of(data)
            try:
                check_series(series, list(data.get("components", ())))
            except ValidationError as refusal:
                self.add_error(None, refusal)
            else:
                self.series = series
        return data

    def _made_of(self, data: dict[str, Any]) -> MaintenanceSeries:
        ends = data["ends"]
        return planned_series(
            page=self.page,
            title=data.get("title", ""),
            text=data.get("text", ""),
            ends_on=data["ends_on"] if ends == self.ON_DATE else None,
            count=data["count"] if ends == self.AFTER else None,
            interval=data["interval"] or 1,
            **{name: data[name] for name in ("starts_at", "ends_at", "frequency", "weekdays", "month_on")},
            month_weekday=data["month_weekday"],
            **{name: data[name] for name in ("begins_by_itself", "ends_by_itself", "reminds")},
        )

    def keep_rule_errors_only(self) -> None:
        """For a preview, which needs no title and no text yet."""
        for name in [name for name in self.errors if name not in (*self.RULE, "__all__")]:
            del self.errors[name]

    @property
    def previewed(self) -> list[Window]:
        return list(islice(self.series.windows(), PREVIEWED)) if self.series else []

    @property
    def has_more(self) -> bool:
        return bool(self.series and len(list(islice(self.series.windows(), PREVIEWED + 1))) > PREVIEWED)

    @property
    def clock_notes(self) -> Iterator[str]:
        """What happens to windows whose time clocks skip or show twice."""
        for window, is_skipped in islice(self.series.unclear(), TOLD_CLOCKS) if self.series else ():
            wall, zone = window.wall, window.starts_at.astimezone(self.page.zone)
            day = f"{wall:%a} {wall.day} {wall:%B %Y}"
            if is_skipped:
                yield (
                    f"{day}: {wall:%H:%M} does not exist, because the clocks go forward. "
                    f"This window begins at {zone:%H:%M %Z}."
                )
            else:
                yield (
                    f"{day}: {wall:%H:%M} comes twice, because the clocks go back. "
                    f"This window begins the first time, at {zone:%H:%M %Z}."
                )

    def arguments(self) -> dict[str, Any]:
        if self.series is None:
            return super().arguments()
        names = ("components", "form_token", "version")
        return {"series": self.series} | {n: self.cleaned_data[n] for n in names if n in self.cleaned_data}


def _of_series(series: MaintenanceSeries, window: ScheduledMaintenance) -> dict[str, Any]:
    """What the form begins with: the series from this window on, also where the window was changed on its own."""
    form, days = RepeatingMaintenanceForm, series.weekdays.split(",")
    planned = series.window(window.occurs_on or series.first_on)
    count = series.recurrence.left_from(window.occurs_on) if window.occurs_on else series.count
    return {
        "title": series.title,
        "text": series.text,
        "components": series.components.all(),
        "starts_at": planned.starts_at,
        "ends_at": planned.ends_at,
        "frequency": series.frequency,
        "interval": series.interval,
        "weekdays": days if series.frequency == Frequency.WEEKLY else [],
        "month_on": series.month_on,
        "month_weekday": days[0] if series.month_on in PLACES else "",
        "ends": form.ON_DATE if series.ends_on else form.AFTER if series.count else form.NEVER,
        "ends_on": series.ends_on,
        "count": count,
        "begins_by_itself": series.begins_by_itself,
        "ends_by_itself": series.ends_by_itself,
        "reminds": series.reminds,
    }


class MaintenanceUpdateForm(Form):
    CANCEL_LATER = "cancel_later"

    state = forms.ChoiceField(label="Status", required=False, widget=forms.RadioSelect)
    text = forms.CharField(label="What readers should know", max_length=LONGEST_WORD, widget=forms.Textarea)

    def __init__(self, *args: Any, maintenance: ScheduledMaintenance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = self.typed_field("state", forms.ChoiceField)
        state.choices = [
            ("", f"Still {maintenance.get_state_display().lower()}"),
            *((s.value, s.label) for s in maintenance.next_states),
        ]
        if maintenance.series_id and maintenance.is_waiting:
            state.choices = [*state.choices, (self.CANCEL_LATER, "Cancelled, with all later windows")]
