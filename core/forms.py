"""How forms look everywhere: Django's own rendering with one field template, bound to one set of classes."""

import html
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError
from django.db.models.utils import get_blank_choice_label
from django.forms.boundfield import BoundField
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.choices import BlankChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django_filters.fields import ModelChoiceIterator as FilterChoiceIterator

from core.conflict import is_taken
from core.text import without_directions


class LongSelect(forms.Select):
    """Django's select for hundreds of choices: written at once, as the template of one takes 0.2 ms."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        written = [_written_choice(value, label, chosen) for value, label in self.choices]
        return format_html("<select{}>{}</select>", flatatt(own), mark_safe("".join(written)))  # noqa: S308


def _written_choice(value: Any, label: Any, chosen: set[str]) -> str:
    """An option, or a group of them where `label` holds choices; all text is escaped."""
    if isinstance(label, list | tuple):
        inside = "".join(_written_choice(inner, name, chosen) for inner, name in label)
        return f'<optgroup label="{html.escape(str(value))}">{inside}</optgroup>'
    selected = " selected" if str(value) in chosen else ""
    return f'<option value="{html.escape(str(value))}"{selected}>{html.escape(str(label))}</option>'


class DayInput(forms.DateInput):
    """A day, from a calendar where the browser has one; browsers write it as ISO 8601 says."""

    input_type = "date"

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%Y-%m-%d", **more)


class EmailField(forms.EmailField):
    """An address of somebody inside, with the spelling of “e-mail” that the interface has."""

    default_error_messages = {"invalid": "Enter a complete e-mail address, such as name@example.org."}


PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
"""Attributes of a field for what is no prose: an address, a name, code."""
TAKEN = "Somebody else saved the same at this moment, such as the same name. See what is there before you try again."
LONGEST_TEXT = 10_000  # characters, where a field names no limit of its own
CLASS_OF = {
    forms.Textarea: "textarea",
    forms.Select: "select",
    LongSelect: "select",
    forms.SelectMultiple: "select",
    forms.CheckboxInput: "checkbox checkbox-sm",
    forms.RadioSelect: "radio radio-sm",
    forms.CheckboxSelectMultiple: "checkbox checkbox-sm",
    forms.HiddenInput: "",
    forms.ClearableFileInput: "input",
    forms.FileInput: "input py-1.5",
}


# A mixin at run time; for the type checker a form, which whatever it is mixed into is.
if TYPE_CHECKING:
    from django.http import QueryDict

    _Base = forms.BaseForm
    _ModelForm = forms.ModelForm[Any]
    _RowChoices = ModelChoiceIterator[Any]
else:
    _Base = object
    _ModelForm, _RowChoices = forms.ModelForm, ModelChoiceIterator  # Django's own take no type in brackets


class AllclearRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class WholeChoices(_RowChoices):
    """The rows of a catalogue in one statement; Django's own opens, reads and closes a cursor for them.

    Those of a filter may have a choice for rows that point to nothing, which django-filter calls null.
    """

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        if (nothing := getattr(self.field, "null_label", None)) is not None:
            yield getattr(self.field, "null_value", ""), nothing
        for row in self.queryset.all():
            yield self.choice(row)


READ_BY_CURSOR = (ModelChoiceIterator, FilterChoiceIterator)


def _is_text(field: forms.Field) -> TypeGuard[forms.CharField]:
    return isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField | forms.JSONField)


def _name_empty_choice(field: forms.Field) -> None:
    """Django's own words for the empty choice become “None”, or “Choose one” where a choice is required."""
    label = "Choose one" if field.required else "None"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == get_blank_choice_label():
            field.empty_label = label
    elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, BlankChoiceIterator | list):
        choices = list(field.choices)
        if choices and choices[0] == ("", get_blank_choice_label()):
            field.choices = [("", label), *choices[1:]]


def _limit(field: forms.CharField) -> None:
    """No text is unlimited: pages show it again to everybody."""
    field.max_length = LONGEST_TEXT
    field.validators.append(MaxLengthValidator(LONGEST_TEXT))
    field.widget.attrs.update(field.widget_attrs(field.widget))


def _cleaned(to_python: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One line becomes a title or name: what turns its direction would turn that of the text around it."""

    def clean(value: Any) -> Any:
        found = to_python(value)
        return without_directions(found) if isinstance(found, str) else found

    return clean


def _style(field: forms.Field) -> None:
    """Give the field the limits and its widget the class that all have; a second time changes nothing."""
    if hasattr(field, "is_styled"):
        return
    field.is_styled = True  # type: ignore[attr-defined]
    widget = field.widget
    if _is_text(field) and field.max_length is None:
        _limit(field)
    _name_empty_choice(field)
    kind = next((c for w, c in CLASS_OF.items() if type(widget) is w), "input")
    if kind:
        classes = f"{kind} {widget.attrs.get('class', '')}".split()
        widget.attrs["class"] = " ".join(dict.fromkeys(classes))
    if isinstance(field, forms.CharField) and type(widget) is forms.TextInput:
        field.to_python = _cleaned(field.to_python)  # type: ignore[assignment, method-assign]
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", 2)
    if isinstance(field, forms.ModelChoiceField) and field.iterator in READ_BY_CURSOR:
        field.iterator = WholeChoices
        widget.choices = field.choices


_DJANGOS = [
    kind.default_error_messages[code]
    for kind in (forms.ChoiceField, forms.ModelChoiceField, forms.ModelMultipleChoiceField)
    for code in ("invalid_choice", "invalid_pk_value")
    if code in kind.default_error_messages
]
"""What Django says of a value that is not offered: it names neither the field nor, often, the value."""


def _not_offered(error: ValidationError, label: str, *, is_filter: bool) -> ValidationError:
    """`error` in our words where it has Django's, with the label of the field and what becomes of the value.

    Public forms in other languages keep Django's words, which are translated.
    """
    if get_language() != settings.LANGUAGE_CODE or not any(error.message is one for one in _DJANGOS):
        return error
    params = error.params or {}
    value = str(params.get("value", params.get("pk", "")))[:80]
    then = "This filter is ignored." if is_filter else "Choose another one."
    return ValidationError(f"There is no “{value}” to choose for “{label}”. {then}", code=error.code)


class Styled(_Base):
    """Mixin of every form: gives each widget its class; the templates do the rest."""

    is_filter = False  # it narrows what a page shows, and a value that is not offered narrows nothing
    outcome: Any  # what the verb returned
    conflict: Any  # what somebody else has written meanwhile; only where that happened

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _style(field)

    def __getitem__(self, name: str) -> BoundField:
        """Django asks for a field by this before it cleans or shows it: also for one that was added later."""
        if name in self.fields:
            _style(self.fields[name])
        return super().__getitem__(name)

    def add_error(self, field: str | None, error: Any) -> None:
        if field and isinstance(error, ValidationError) and hasattr(error, "message"):
            error = _not_offered(error, str(self[field].label), is_filter=self.is_filter)
        super().add_error(field, error)

    @property
    def ignored(self) -> list[str]:
        """Of a filter: a sentence for each value of the address that narrows nothing."""
        return [str(text) for field in self for text in field.errors]

    def submit(self, verb: Callable[..., Any], **arguments: Any) -> bool:
        """Run `verb`, keep what it returns in `outcome`; what it refuses shows at the field it names.

        False where it refused. PermissionDenied and everything else goes on to whoever called.
        """
        try:
            self.outcome = verb(**arguments)
        except ValidationError as refusal:
            named = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
            for (
                name,
                errors,
            ) in named.items():  # about something this form does not ask: about the whole of it
                self.add_error(name if name in self.fields else None, errors)
            return False
        except IntegrityError as fault:
            if not is_taken(fault):
                raise
            self.add_error(None, TAKEN)
            return False
        return True

    def answer_status(self, *, is_part: bool) -> int:
        """The status of the page, or of the part for htmx, that shows this form again.

        After a conflict the form carries the current version from here on: what is sent then is meant.
        """
        if not hasattr(self, "conflict"):
            return 422 if self.errors and is_part else 200
        if "version" in self.fields:
            data = cast("QueryDict", self.data).copy()
            data["version"] = self.conflict.version
            self.data = data
        return 409

    def typed_field[F: forms.Field](self, name: str, kind: type[F]) -> F:
        """The field `name`, which is a `kind`; `fields` knows only that it is a field."""
        field = self.fields[name]
        assert isinstance(field, kind)
        return field


class Form(Styled, forms.Form):
    def clean(self) -> dict[str, Any]:
        """Django lets this answer None; ours always answers what there is."""
        super().clean()
        return self.cleaned_data


class FilterForm(Form):
    """What an address narrows a page by. Values that are not offered are `ignored`, and the page says so."""

    is_filter = True
    FIRST: ClassVar = ("period", "since", "until", "metric")  # the others are folded away on a phone

    @property
    def first_fields(self) -> list[BoundField]:
        return [field for field in self if field.name in self.FIRST]

    @property
    def more_fields(self) -> list[BoundField]:
        return [field for field in self if field.name not in self.FIRST]


class ModelForm(Styled, _ModelForm):
    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.cleaned_data
