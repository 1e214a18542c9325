"""How forms look everywhere: Django's own rendering with one field template, bound to one set of classes."""

from django import forms
from django.forms.renderers import TemplatesSetting

CLASS_OF = {
    forms.Textarea: "textarea",
    forms.Select: "select",
    forms.SelectMultiple: "select",
    forms.CheckboxInput: "checkbox",
    forms.RadioSelect: "radio",
    forms.CheckboxSelectMultiple: "checkbox",
    forms.HiddenInput: "",
    forms.ClearableFileInput: "input",
}


class AllclearRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class Styled:
    """Mixin of every form: gives each widget its class; the templates do the rest."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            widget = field.widget
            kind = next((c for w, c in CLASS_OF.items() if type(widget) is w), "input")
            if kind:
                widget.attrs["class"] = f"{kind} {widget.attrs.get('class', '')}".strip()
            if isinstance(widget, forms.Textarea):
                widget.attrs.setdefault("rows", 2)


class Form(Styled, forms.Form):
    pass


class ModelForm(Styled, forms.ModelForm):
    pass
