"""How signals look."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.state_marks import state_mark
from figures.draw import el
from figures.event_marks import event_mark
from signals.models import Expectation, ExpectationState
from signals.standing import Standing, Told
from signals.workflow.expecting import words_of

register = template.Library()

LOOK = {
    Standing.NORMAL: ("k-ok", "circle-check"),
    Standing.ABNORMAL: ("k-bad", "circle-alert"),
    Standing.KNOWN: ("", "activity"),
    Standing.OLD: ("k-warn", "clock-alert"),
    Standing.EMPTY: ("muted", "circle-dashed"),
    Standing.WAITING: ("muted", "loader"),
    Standing.SILENT: ("k-bad", "unplug"),
    Standing.REFUSED: ("k-bad", "circle-x"),
}
EXPECTED_LOOK = {
    ExpectationState.WAITING: ("muted", "timer"),
    ExpectationState.MET: ("k-ok", "check"),
    ExpectationState.MISSED: ("k-bad", "x"),
}


@register.simple_tag
def standing(told: Told) -> SafeString:
    """The mark of how a signal stands, with its words."""
    tone, name = LOOK[told.standing]
    return state_mark(tone, name, told.words)


@register.simple_tag
def expected_state(state: str, words: str) -> SafeString:
    tone, name = EXPECTED_LOOK[ExpectationState(state)]
    return state_mark(tone, name, words)


@register.simple_tag
def mark_picture(kind: str) -> SafeString:
    """A mark by itself, as it stands above the charts."""
    drawn = el(
        "svg",
        event_mark(kind, 8, 8, size=13),
        width=16,
        height=16,
        viewBox="0 0 16 16",
        class_="fig inline",
        aria_hidden="true",
    )
    return mark_safe(drawn)  # noqa: S308 - our own drawing


@register.filter
def get(rows: dict | None, key: object) -> object:
    return rows.get(key) if rows else None


@register.filter
def expected_words(expectation: Expectation) -> str:
    return words_of(expectation)
