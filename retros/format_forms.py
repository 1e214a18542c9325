"""What starts a retrospective without an incident, and what makes a format."""

from typing import Any
from uuid import uuid4

from django import forms

from accounts.models import User
from core.forms import Form
from retros.forms import Choice
from retros.models import RetrospectiveFormat, Subject
from retros.models.formats import FALLBACK_ICON, FORMAT_ICONS, LONGEST_NAME, LONGEST_QUESTION, MOST_COLUMNS

WITHOUT_INCIDENT = [choice for choice in Subject.choices if choice[0] != Subject.INCIDENT]
NUMBERS = range(1, MOST_COLUMNS + 1)


class StartForm(Form):
    """Three answers start a retrospective without an incident. The rest of its frame can follow."""

    title = forms.CharField(label="Title", max_length=200)
    format = forms.ModelChoiceField(
        RetrospectiveFormat.objects.all(), label="Format", widget=forms.RadioSelect, empty_label=None
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.active(),
        label="Participants",
        required=False,
        help_text="You own the retrospective. You can add more people and a facilitator later.",
    )
    subject = forms.ChoiceField(choices=WITHOUT_INCIDENT, widget=forms.HiddenInput)
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.formats = list(RetrospectiveFormat.objects.all())
        self.typed_field("format", forms.ModelChoiceField).choices = [
            (one.pk, one.name) for one in self.formats
        ]
        if self.formats:
            self.fields["format"].initial = self.formats[0].pk
        people = self.typed_field("people", forms.ModelMultipleChoiceField)
        people.queryset = User.objects.active().exclude(pk=by.pk)
        chosen = set(self["people"].value() or ())
        self.choices = [
            Choice(person.pk, str(person), is_chosen=str(person.pk) in chosen) for person in people.queryset
        ]


class FormatForm(Form):
    """A format of the organisation's own, with a row for each column it can have."""

    name = forms.CharField(label="Name", max_length=60)

    def __init__(self, *args: Any, known: RetrospectiveFormat | None = None, **kwargs: Any):
        columns = known.columns_shown if known else []
        kwargs["initial"] = {"name": known.name if known else ""}
        for number, column in enumerate(columns, 1):
            kwargs["initial"] |= {
                f"column_{number}": column.name,
                f"question_{number}": column.question,
                f"icon_{number}": column.icon,
            }
        super().__init__(*args, **kwargs)
        for number in NUMBERS:
            self.fields[f"column_{number}"] = forms.CharField(
                label=f"Column {number}", max_length=LONGEST_NAME, required=number < 3
            )
            self.fields[f"question_{number}"] = forms.CharField(
                label="Question", max_length=LONGEST_QUESTION, required=False
            )
            self.fields[f"icon_{number}"] = forms.ChoiceField(
                label="Icon", choices=FORMAT_ICONS, required=False, initial=FALLBACK_ICON
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for number in NUMBERS:
            if data.get(f"question_{number}") and not data.get(f"column_{number}"):
                self.add_error(f"column_{number}", "Name the column that this question belongs to.")
        return data

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"column_{n}"], self[f"question_{n}"], self[f"icon_{n}"]) for n in NUMBERS]

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """(name, question, icon) of each row that has a name."""
        data = self.cleaned_data
        return [
            (data[f"column_{n}"], data[f"question_{n}"], data[f"icon_{n}"] or FALLBACK_ICON)
            for n in NUMBERS
            if data[f"column_{n}"]
        ]
