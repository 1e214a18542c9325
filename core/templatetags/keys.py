"""Keys drawn beside what they do, with the modifier of the reader's platform."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def mod_key(context: dict[str, Any], key: str, classes: str = "") -> SafeString:
    """`{% mod_key "K" %}`: ⌘K for a browser on macOS or iOS, else Ctrl K."""
    request = context.get("request")
    on_apple = request is not None and "Mac OS X" in request.headers.get("User-Agent", "")
    return format_html(
        '<kbd class="{}">{}{}</kbd>', f"kbd {classes}".strip(), "⌘" if on_apple else "Ctrl ", key
    )
