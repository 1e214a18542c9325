"""How the pages of the API write texts of the description."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
CODE = re.compile(r"`([^`]+)`")


@register.filter
def with_code(text: str) -> SafeString:
    """The text with what stands between backticks as code; all of it is escaped."""
    return mark_safe(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S308


@register.filter
def below_root(path: str) -> str:
    """The path without what all have in common."""
    return path.removeprefix("/api/v1")
