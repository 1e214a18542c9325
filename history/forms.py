"""What an administrator says about a file: what it is, which column is what, which word is which severity."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.time_zones import time_zone_choices
from core.forms import Form, LongSelect
from core.written_time import ORDER_CHOICES, ORDER_HELP
from history.formats import FORMATS
from history.formats.table import FIELDS, REQUIRED
from history.models import Import
from incidents.models import Severity
from statuspages.models import StatusPage

WITHOUT = [("", "Refuse times that name no zone")]


def zones() -> list:
    return WITHOUT + list(time_zone_choices())


class UploadForm(Form):
    format = forms.ChoiceField(
        label="It comes from", choices=[(form.key, form.label) for form in FORMATS.values()]
    )
    file = forms.FileField(
        help_text=f"At most {settings.IMPORT_MAX_BYTES // 1_000_000} MB, as UTF-8 text, not packed."
    )
    source = forms.SlugField(
        label="Name of the system",
        max_length=40,
        required=False,
        help_text="Only if you import from two systems of the same kind.",
    )
    zone = forms.ChoiceField(
        label="Times that name no zone", choices=zones, required=False, widget=LongSelect
    )
    date_order = forms.ChoiceField(
        label="Date format", choices=ORDER_CHOICES, required=False, help_text=ORDER_HELP
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                f"This file has {file.size:,} bytes, and the limit is {settings.IMPORT_MAX_BYTES:,}. Split it."
            )
        return file


class ColumnsForm(Form):
    """One choice per field of ours: the columns the file has."""

    def __init__(self, *args: Any, run: Import, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((name, name) for name in names if name)]
        for field, (label, _usual) in FIELDS.items():
            self.fields[field] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=field in REQUIRED,
                widget=forms.Select(attrs={"class": "select"}),
            )
        self.fields["zone"] = forms.ChoiceField(
            label="Times that name no zone",
            choices=zones,
            required=False,
            initial=run.zone,
            widget=LongSelect(attrs={"class": "select"}),
        )

        self.fields["date_order"] = forms.ChoiceField(
            label="Date format",
            choices=ORDER_CHOICES,
            required=False,
            initial=run.date_order,
            help_text=ORDER_HELP,
            widget=forms.Select(attrs={"class": "select"}),
        )

    def chosen(self) -> dict[str, Any]:
        """What `read_import_again` takes; a field without a column is not guessed again."""
        columns = {name: self.cleaned_data[name] for name in FIELDS}
        return {"columns": columns} | {name: self.cleaned_data[name] for name in ("zone", "date_order")}


class ConfirmForm(Form):
    """The last word before anything is stored."""

    ends_open = forms.TypedChoiceField(
        label="Those that are open in the file",
        coerce=lambda value: value == "ended",
        choices=[("open", "Stay open"), ("ended", "Close them, with an unknown end")],
        widget=forms.RadioSelect,
        initial="open",
    )
    is_public = forms.BooleanField(
        label="Show them on public status pages",
        required=False,
        help_text="With the texts of the file. Only for incidents that were public there.",
    )
    page = forms.ModelChoiceField(
        StatusPage.objects.all(),
        label="Maintenances go on",
        required=False,
        empty_label="A new draft page",
    )

    def __init__(self, *args: Any, run: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        severities = Severity.objects.all()
        self.words: dict[str, str] = {}
        for number, (word, count) in enumerate(run.summary.get("degrees", {}).items()):
            name = f"severity_{number}"
            self.words[name] = word
            self.fields[name] = forms.ModelChoiceField(
                severities,
                label=f"“{word}” ({count})",
                initial=run.severities.get(word),
                empty_label="Choose",
                widget=forms.Select(attrs={"class": "select"}),
            )
        if not run.summary.get("open"):
            del self.fields["ends_open"]
        if not run.summary.get("maintenances"):
            del self.fields["page"]
        self.order_fields([*self.words, "ends_open", "is_public", "page"])

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "severities": {word: data[name].pk for name, word in self.words.items()},
            "ends_open": data.get("ends_open", False),
            "is_public": data["is_public"],
            "page": data.get("page"),
        }


class ExportForm(Form):
    has_files = forms.BooleanField(
        label="With the files of evidence",
        required=False,
        initial=True,
        help_text="They make the file larger. The installation that imports it must allow files of this size.",
    )
