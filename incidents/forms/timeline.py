"""Writing into the timeline: the one composer, editing a row, marking a gap, attaching evidence."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from core.forms import Form
from core.local_time import UnclearTimeError, at_local, choices_of, readings, zone_after
from incidents.forms.fields import MinutesField, MomentField, ServiceField
from incidents.models import Confidence, Hypothesis, Incident, Mitigation, MitigationState
from timeline.models import LONGEST_TEXT, EvidenceKind, Gap, Kind, Phase, TimelineEvent
from timeline.uploads import checked_file

TIME_FIRST = re.compile(
    r"^\s*(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:])(?P<rest>.*)$", re.S
)


def split_time(text: str, *, now: datetime, reading: str = "") -> tuple[datetime | None, str]:
    """“14:32 rolled back” → (that instant, “rolled back”); without a time (None, text).

    A bare time is local to the current zone; one later than `now` means yesterday's. A zone may follow it: “14:32Z”,
    “14:32 CEST”. Raises UnclearTimeError for a time that was twice, unless `reading` is the offset of one of them,
    for one that was skipped, and for a zone that is not known.
    """
    match = TIME_FIRST.match(text)
    named, rest = zone_after(match["rest"]) if match else (None, "")
    if not match or not rest[:1].isspace() or not rest.strip():
        return None, text.strip()
    zone = named or timezone.get_current_timezone()
    clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    local = now.astimezone(zone)
    wall = datetime.combine(local.date(), clock)
    found = readings(wall, zone)
    if min(found, default=now) > now or (not found and wall > local.replace(tzinfo=None)):
        wall -= timedelta(days=1)
    elif found and max(found) > now:
        return found[0], rest.strip()
    return at_local(wall, zone, reading=reading), rest.strip()


class ComposerForm(Form):
    """One field for what happened; the kind decides which verb takes it."""

    KINDS = [
        (Kind.NOTE, "Note"),
        (Kind.HYPOTHESIS, "Hypothesis"),
        (Kind.MITIGATION, "Mitigation"),
        (Kind.DECISION, "Decision"),
        (Kind.QUESTION, "Question"),
    ]

    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, initial=Kind.NOTE)
    text = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea, error_messages={"required": "Write what happened."}
    )
    detail = forms.CharField(required=False, max_length=1000)
    test = forms.CharField(required=False, max_length=300)
    confidence = forms.ChoiceField(choices=Confidence, required=False)
    mitigation_kind = forms.ChoiceField(choices=Mitigation.Kind, required=False)
    state = forms.ChoiceField(
        choices=[(s.value, s.label) for s in (MitigationState.APPLYING, MitigationState.PROPOSED)],
        required=False,
    )
    target = ServiceField(required=False, empty_label="No service")
    time_box_minutes = MinutesField(required=False)
    expected_effect = forms.CharField(required=False, max_length=300)
    risk = forms.CharField(required=False, max_length=200)
    is_irreversible = forms.BooleanField(required=False)
    is_recollection = forms.BooleanField(required=False)
    reading = forms.CharField(required=False, max_length=6)
    readings: Sequence[tuple[str, str]] = ()  # to choose from, where the time that was typed was twice

    def clean(self) -> dict:
        data = super().clean()
        reading = data.pop("reading", "")
        if "text" in data:
            try:
                data["occurred_at"], data["text"] = split_time(
                    data["text"], now=timezone.now(), reading=reading
                )
            except UnclearTimeError as unclear:
                self.readings = choices_of(unclear.readings, timezone.get_current_timezone())
                self.add_error("text", str(unclear))
                return data
            limit = 300 if data.get("kind") in (Kind.HYPOTHESIS, Kind.MITIGATION) else 10_000
            if len(data["text"]) > limit:
                self.add_error("text", f"Keep it under {limit} characters. Put the rest into a note.")
        return data


class AnswerForm(Form):
    text = forms.CharField(label="Answer", max_length=LONGEST_TEXT, widget=forms.Textarea)


class RowForm(Form):
    """One row; `change()` is what its verb takes."""

    def change(self) -> dict:
        data = dict(self.cleaned_data)
        data["precision_seconds"] = (data.pop("precision_minutes") or 0) * 60 or None
        return data


class EventForm(RowForm):
    text = forms.CharField(
        label="What happened", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    detail = forms.CharField(label="More", required=False, widget=forms.Textarea)
    occurred_at = MomentField(label="When it happened")
    precision_minutes = forms.IntegerField(label="± minutes", min_value=0, max_value=1440, required=False)
    phase = forms.ChoiceField(label="Phase", choices=[("", "None"), *Phase.choices], required=False)
    is_recollection = forms.BooleanField(label="A recollection, not a fact", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, event: TimelineEvent, **kwargs: Any) -> None:
        initial = {
            name: getattr(event, name)
            for name in ("text", "detail", "occurred_at", "phase", "is_recollection")
        }
        initial["precision_minutes"] = (event.precision_seconds or 0) // 60 or None
        initial["version"] = event.version
        super().__init__(*args, initial=initial, **kwargs)
        self.event = event
        if not event.can_be_edited:
            for name in ("text", "detail"):
                self.fields[name].disabled = True

    def change(self) -> dict:
        """The arguments of `edit_event`; a time left alone stays what it was, to the fraction of a second."""
        data = super().change()
        if data["occurred_at"] == self.event.occurred_at.replace(microsecond=0):
            data["occurred_at"] = self.event.occurred_at
        return data


class InsertForm(RowForm):
    """A row at any time, between others."""

    kind = forms.ChoiceField(
        choices=[(k.value, k.label) for k in (Kind.NOTE, Kind.DECISION, Kind.ALERT, Kind.CHANGE)]
    )
    text = forms.CharField(
        label="What happened", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    occurred_at = MomentField(label="When it happened")
    precision_minutes = forms.IntegerField(label="± minutes", min_value=0, max_value=1440, required=False)
    phase = forms.ChoiceField(label="Phase", choices=[("", "None"), *Phase.choices], required=False)
    is_recollection = forms.BooleanField(label="A recollection, not a fact", required=False)


class GapForm(Form):
    gap = forms.ChoiceField(label="What is it", choices=Gap, widget=forms.RadioSelect, initial=Gap.MISSING)
    text = forms.CharField(label="What is not known", max_length=500)
    occurred_at = MomentField(label="From when")
    minutes = MinutesField(label="For how many minutes", required=False)


FIELD_OF = {EvidenceKind.PICTURE: ("file", "a picture"), EvidenceKind.LINK: ("url", "an address")}


class EvidenceForm(Form):
    """Something seen. The style sheet shows the fields of the chosen kind; without it all are there."""

    kind = forms.ChoiceField(choices=[c for c in EvidenceKind.choices if c[0] != EvidenceKind.ALERT])
    title = forms.CharField(label="What it shows", max_length=200)
    body = forms.CharField(
        label="Text",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "font-mono text-sm"}),
        help_text="A log excerpt, numbers, a trace id.",
    )
    url = forms.URLField(label="Address", required=False, max_length=500, assume_scheme="https")
    file = forms.FileField(label="Picture or file", required=False)
    captured_at = MomentField(label="Captured at", required=False, help_text="Empty means now.")
    hypothesis = forms.ModelChoiceField(
        Hypothesis.objects.none(), required=False, label="Hypothesis", empty_label="No hypothesis"
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_field("hypothesis", forms.ModelChoiceField).queryset = incident.hypotheses.all()

    def clean_file(self) -> UploadedFile | None:
        """Sniff what the file really is; only pictures, PDF and plain text are kept."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        self.file_type = checked_file(file)
        return file

    def clean(self) -> dict:
        data = super().clean()
        data["file_type"] = getattr(self, "file_type", "")
        if not self.errors and not (data.get("body") or data.get("url") or data.get("file")):
            field, what = FIELD_OF.get(data.get("kind", ""), ("body", "a text, an address or a file"))
            self.add_error(field, f"Add {what}.")
        return data
