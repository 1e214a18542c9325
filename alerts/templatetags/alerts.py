"""How alerts look."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alerts.models import AlertChange, AlertState
from core.templatetags.allclear import icon

register = template.Library()

LOOK = {
    AlertState.FIRING: ("k-bad", "bell-ring"),
    AlertState.ACKNOWLEDGED: ("k-warn", "bell-dot"),
    AlertState.RESOLVED: ("k-ok", "circle-check"),
}
CHANGE_LOOK = {
    AlertChange.Kind.FIRED: ("k-bad", "bell-ring"),
    AlertChange.Kind.FIRED_AGAIN: ("k-bad", "bell-ring"),
    AlertChange.Kind.RESOLVED: ("k-ok", "circle-check"),
    AlertChange.Kind.ACKNOWLEDGED: ("k-warn", "bell-dot"),
    AlertChange.Kind.UNACKNOWLEDGED: ("k-bad", "bell-ring"),
    AlertChange.Kind.ATTACHED: ("", "siren"),
    AlertChange.Kind.DETACHED: ("", "unlink"),
    AlertChange.Kind.NOISE: ("k-warn", "thumbs-down"),
    AlertChange.Kind.NOT_NOISE: ("", "thumbs-up"),
    AlertChange.Kind.SILENCED: ("", "bell-off"),
    AlertChange.Kind.UNSILENCED: ("", "bell"),
}


@register.simple_tag
def alert_state(state: str, *, bare: bool = False) -> SafeString:
    """The mark of a state with its word, which `bare` keeps for screen readers only."""
    tone, name = LOOK[AlertState(state)]
    word = AlertState(state).label
    said = format_html('<span class="sr-only">{}:</span>', word) if bare else word
    return format_html(
        '<span class="inline-flex items-center gap-1.5 font-medium {}">{}{}</span>',
        tone,
        icon(name, "i-sm"),
        said,
    )


@register.simple_tag
def alert_change_mark(kind: str) -> SafeString:
    tone, name = CHANGE_LOOK[AlertChange.Kind(kind)]
    return format_html('<span class="tl-m {}">{}</span>', tone, icon(name))
