"""What a page says about a form that was refused."""

from typing import Any

from django import template
from django.forms import BaseForm
from django.template import Context

register = template.Library()


@register.inclusion_tag("forms/errors.html")
def error_summary(form: BaseForm | None) -> dict[str, Any]:
    """The list of what a refused form reports, each entry with a link to its field; nothing for a valid form.

    It takes the focus, also without JavaScript. Every form that lays its fields out itself begins with it.
    """
    if not form or not form.is_bound:
        return {"errors": []}
    errors = [{"text": text, "anchor": "", "label": ""} for text in form.non_field_errors()]
    for field in form:
        anchor = "" if field.is_hidden else field.id_for_label or f"{field.auto_id}_0"
        label = field.label if str(field.label).endswith("?") else f"{field.label}:"
        errors += [{"text": text, "anchor": anchor, "label": label} for text in field.errors]
    return {"errors": errors}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """What the title of a page begins with while one of its forms is refused."""
    values = context.flatten().values()
    is_refused = any(isinstance(form, BaseForm) and form.is_bound and form.errors for form in values)
    return "Error: " if is_refused else ""
