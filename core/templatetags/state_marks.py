"""The mark of a state, for template tags of apps: an icon and words in the tone of how it stands."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.allclear import icon


def state_mark(tone: str, name: str, words: str) -> SafeString:
    """`tone` is k-ok, k-warn, k-bad, muted or "", `name` that of an icon."""
    return format_html('<span class="state {}">{}{}</span>', tone, icon(name, "i-sm"), words)
