"""Writing into the account: a row, a gap, a recollection, a phase; what is brought in; what it cost."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from core.forms import DayInput, Form
from core.written_time import ORDER_CHOICES, ORDER_HELP
from incidents.forms.fields import MomentField
from retros.access import people_of
from retros.imports.rows import MOST_ROWS
from retros.imports.slack import LARGEST_ZIP
from retros.imports.tables import LONGEST_FILE
from retros.models import Retrospective, TimelineEntry
from retros.models.timeline import WRITTEN_KINDS
from timeline.models import Gap, Kind, Phase

MOST_PASTED = 200_000
LARGEST_BUNDLE = (
    2_000_000  # characters of what was read, signed and sent back; DATA_UPLOAD_MAX_MEMORY_SIZE is larger
)


class _Moments:
    """A time left alone in a form stays what it was, to the fraction of a second."""

    entry: TimelineEntry | None

    def kept(self, data: dict[str, Any]) -> dict[str, Any]:
        for name in ("occurred_at", "ended_at", "known_at"):
            stored = getattr(self.entry, name, None)
            if stored and data.get(name) == stored.replace(microsecond=0):
                data[name] = stored
        return data


class EntryForm(_Moments, Form):
    occurred_at = MomentField(label="When it happened")
    text = forms.CharField(label="What happened", max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(choices=[(k.value, k.label) for k in WRITTEN_KINDS], initial=Kind.NOTE)
    actor = forms.ModelChoiceField(
        User.objects.none(), label="Who", required=False, empty_label="Nobody in particular"
    )
    system = forms.CharField(
        label="System", required=False, max_length=100, help_text="Where no person did or said it."
    )
    precision_minutes = forms.IntegerField(label="± minutes", min_value=0, max_value=1440, required=False)
    known_at = MomentField(
        label="Known from", required=False, help_text="If people learned of it later than it happened."
    )
    detail = forms.CharField(label="More", required=False, max_length=10_000, widget=forms.Textarea)
    is_recollection = forms.BooleanField(label="A recollection, not a fact", required=False)
    is_starred = forms.BooleanField(label="Star it", required=False)

    def __init__(
        self, *args: Any, retrospective: Retrospective, entry: TimelineEntry | None = None, **kwargs: Any
    ):
        if entry:
            kept = (
                "text",
                "detail",
                "kind",
                "occurred_at",
                "known_at",
                "actor",
                "system",
                "is_recollection",
                "is_starred",
            )
            initial = {name: getattr(entry, name) for name in kept}
            initial["precision_minutes"] = (entry.precision_seconds or 0) // 60 or None
            kwargs["initial"] = initial | {"version": entry.version}
        super().__init__(*args, **kwargs)
        self.entry = entry
        people = people_of(retrospective)
        if entry and entry.actor_id:
            people |= User.objects.filter(pk=entry.actor_id)
        self.typed_field("actor", forms.ModelChoiceField).queryset = people.distinct()
        if entry:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
            if entry.kind not in WRITTEN_KINDS:
                kinds = self.typed_field("kind", forms.ChoiceField)
                kinds.choices = [
                    (entry.kind, entry.get_kind_display()),
                    *((k.value, k.label) for k in WRITTEN_KINDS),
                ]

    def change(self) -> dict[str, Any]:
        """What the verbs take."""
        data = self.kept(dict(self.cleaned_data))
        minutes = data.pop("precision_minutes")
        data["precision_seconds"] = minutes * 60 if minutes else None
        if self.entry and (self.entry.precision_seconds or 0) // 60 == (minutes or 0):
            data["precision_seconds"] = self.entry.precision_seconds
        return data


class GapForm(_Moments, Form):
    gap = forms.ChoiceField(label="What is it", choices=Gap, widget=forms.RadioSelect, initial=Gap.MISSING)
    text = forms.CharField(label="What is not known", max_length=500)
    occurred_at = MomentField(label="From")
    ended_at = MomentField(label="Until", required=False)

    def __init__(self, *args: Any, entry: TimelineEntry | None = None, **kwargs: Any):
        if entry:
            kwargs["initial"] = {
                name: getattr(entry, name) for name in ("gap", "text", "occurred_at", "ended_at", "version")
            }
        super().__init__(*args, **kwargs)
        self.entry = entry
        if entry:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)

    def change(self) -> dict[str, Any]:
        return self.kept(dict(self.cleaned_data))


class RecollectionForm(Form):
    text = forms.CharField(
        label="How it is remembered", max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    actor = forms.ModelChoiceField(User.objects.none(), label="Whose memory", empty_label=None)
    occurred_at = MomentField(
        label="When, as remembered", required=False, help_text="Empty: at the same time."
    )

    def __init__(self, *args: Any, retrospective: Retrospective, by: User, **kwargs: Any):
        super().__init__(*args, initial={"actor": by}, **kwargs)
        people = people_of(retrospective) | User.objects.filter(pk=by.pk)
        self.typed_field("actor", forms.ModelChoiceField).queryset = people.distinct()


class PhaseForm(Form):
    phase = forms.ChoiceField(
        label="With this row began",
        choices=[*Phase.choices, ("", "No phase")],
        widget=forms.RadioSelect,
        required=False,
    )
    sets_milestone = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, entry: TimelineEntry, incident: Any = None, **kwargs: Any):
        super().__init__(*args, initial={"phase": entry.phase, "version": entry.version}, **kwargs)
        if incident is None:
            del self.fields["sets_milestone"]
        else:
            box = self.fields["sets_milestone"]
            box.label = f"Also correct the milestone of {incident.reference}"
            box.help_text = "Its old time stays in the audit trail. Escalated is no milestone."


class PasteForm(Form):
    day = forms.DateField(label="Day of times without a date", widget=DayInput)
    lines = forms.CharField(
        max_length=MOST_PASTED,
        widget=forms.Textarea(
            attrs={
                "rows": 10,
                "class": "font-mono min-h-56",
            }
        ),
        help_text="Each line begins with a time, for example “14:32 rolled back”. Times can be 14:32, 14:32:05 UTC, 2026-03-10 14:32, 10 Mar 2:32 pm. A date alone counts"
        " for what follows. An indented line belongs to the one above.",
    )


class FileForm(Form):
    file = forms.FileField()
    dates = forms.ChoiceField(
        label="Date format",
        choices=ORDER_CHOICES,
        required=False,
        help_text=ORDER_HELP,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.label = {"csv": "CSV file", "json": "JSON file"}[kind]
        field.help_text = (
            "A first line of column names, among them a time (occurred_at) and a text. Exports of a timeline fit."
            if kind == "csv"
            else "A list of objects with occurred_at and text, or an object with “events”. Exports of a timeline fit."
        )
        field.widget.attrs["accept"] = f".{kind}"
        self.kind = kind

    def clean_file(self) -> bytes:
        return _content(self.cleaned_data["file"], LONGEST_FILE)


class SlackForm(Form):
    file = forms.FileField(label="Export (zip)", help_text=f"At most {LARGEST_ZIP // 1024 // 1024} MB.")
    channel = forms.CharField(
        label="Channel", required=False, max_length=200, help_text="Empty: choose after reading."
    )
    since = MomentField(label="From")
    until = MomentField(label="Until")

    def clean_file(self) -> bytes:
        return _content(self.cleaned_data["file"], LARGEST_ZIP)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "It ends before it begins.")
        return data


def _content(file: Any, largest: int) -> bytes:
    if file.size > largest:
        raise forms.ValidationError(f"At most {largest // 1024 // 1024} MB.")
    return file.read()


class ConfirmForm(Form):
    """The preview comes back sealed; what was left out, by its place in it."""

    bundle = forms.CharField(max_length=LARGEST_BUNDLE, widget=forms.HiddenInput)
    leave_out = forms.TypedMultipleChoiceField(
        choices=[(str(n), "") for n in range(MOST_ROWS)], coerce=int, required=False
    )
    group = forms.CharField(required=False)


class ImpactForm(Form):
    not_affected = forms.BooleanField(label="Looked at, and not affected", required=False)
    text = forms.CharField(
        label="What the impact was",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    numbers = forms.CharField(
        label="Numbers",
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: what, a colon, how much and its unit, for example “Failed payments: 1,240”.",
    )
    evidence_text = forms.CharField(
        label="Evidence", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Where the numbers are from: links, queries, dashboards.",
    )  # fmt: skip
    debt = forms.CharField(
        label="Technical debt incurred", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shortcuts taken that somebody will have to pay back.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, statement: Any, has_debt: bool, **kwargs: Any):
        initial = {
            name: getattr(statement, name)
            for name in ("not_affected", "text", "evidence_text", "debt", "version")
        }
        initial["numbers"] = as_lines(statement.numbers)
        super().__init__(*args, initial=initial, **kwargs)
        if not has_debt:
            del self.fields["debt"]

    def clean_numbers(self) -> list[dict[str, str]]:
        return [_number(line) for line in self.cleaned_data["numbers"].splitlines() if line.strip()]


def as_lines(numbers: list[dict[str, str]]) -> str:
    return "\n".join(f"{n['name']}: {n['value']} {n['unit']}".rstrip() for n in numbers)


def _number(line: str) -> dict[str, str]:
    name, colon, rest = line.rpartition(":")
    words = rest.split()
    if not colon or not name.strip() or not words or not any(c.isdigit() for c in words[0]):
        raise forms.ValidationError(f"“{line.strip()[:60]}” is not a name, a colon and a number.")
    return {"name": name.strip(), "value": words[0], "unit": " ".join(words[1:])}


class PulseForm(Form):
    score = forms.TypedChoiceField(
        label="How are you after this?",
        choices=[
            (5, "5 Well, and ready"),
            (4, "4 Mostly well"),
            (3, "3 So-so"),
            (2, "2 Tired by it"),
            (1, "1 Worn out"),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )


class UsersForm(Form):
    users = forms.IntegerField(label="Users at that time", min_value=0, max_value=10**12, required=False)
    share = forms.DecimalField(
        label="Share that felt it, %",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
    )


def days_around(span: tuple[datetime, datetime]) -> dict[str, Any]:
    """What an import's form begins with."""
    return {
        "day": timezone.localdate(span[0]),
        "since": span[0].replace(microsecond=0),
        "until": span[1].replace(microsecond=0),
    }
