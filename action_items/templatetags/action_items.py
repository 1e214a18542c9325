"""How action items look: priority as bars, the due day, the category, the state, and where it may go from here."""

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from action_items.models import ActionItem, ActionState
from action_items.workflow.changing import STEPS
from core.templatetags.allclear import icon
from retros.models import Retrospective

register = template.Library()

CATEGORY_LOOK = {
    "code": ("code-xml", "Code"),
    "tooling": ("gauge", "Tooling"),
    "process": ("users-round", "Process"),
}
STATE_LOOK = {  # state → (tone, icon)
    "open": ("muted", "circle"),
    "in_progress": ("muted", "circle-dot"),
    "done": ("k-ok", "circle-check"),
    "verified": ("k-ok", "badge-check"),
    "wont_do": ("muted", "circle-slash"),
}
MOVES = {  # (to, from a finished state) → (words, icon)
    (ActionState.IN_PROGRESS, False): ("Start", "play"),
    (ActionState.OPEN, False): ("Move to open", "circle"),
    (ActionState.DONE, False): ("Done", "check"),
    (ActionState.VERIFIED, True): ("Verified …", "badge-check"),
    (ActionState.WONT_DO, False): ("Won’t do …", "circle-slash"),
    (ActionState.OPEN, True): ("Reopen …", "undo-2"),
    (ActionState.IN_PROGRESS, True): ("Reopen, in progress …", "play"),
}


@register.simple_tag
def priority_mark(priority: str, *, bare: bool = False) -> SafeString:
    """Three bars, filled from P4 (none) to P1 (all); `bare` keeps the word for screen readers only."""
    filled = 4 - int(priority[1:])
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="3" height="{}" rx=".5" fill="currentColor" opacity="{}"/>',
        (
            (x, y, 12 - y, "1" if n < filled else "0.22")
            for n, (x, y) in enumerate(((0, 8), (4.3, 4.5), (8.6, 1)))
        ),
    )
    word = format_html('<span class="sr-only">Priority {}</span>', priority) if bare else priority
    return format_html(
        '<span class="inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap">'
        '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">{}</svg>{}</span>',
        bars,
        word,
    )


def _late(days: int) -> str:
    return f"{days} d" if days < 365 else f"{days // 365} y"


@register.simple_tag
def due_day(item: ActionItem | Retrospective) -> SafeString:
    """3 d overdue, in red and with a clock; else Wed 25 Nov within a week, 11 Dec, 15 Jan 2027."""
    day, today = item.due_on, timezone.localdate()
    if day is None:
        return SafeString('<span class="muted">no date</span>')
    words = f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
    if item.is_overdue:
        return format_html(
            '<time class="overdue inline-flex items-center gap-1.5 whitespace-nowrap" datetime="{}" title="{}">{}{} overdue</time>',
            day.isoformat(),
            words,
            icon("clock-alert", "i-sm"),
            _late((today - day).days),
        )
    if 0 <= (day - today).days < 7:
        words = "today" if day == today else f"{day:%a} {words}"
    return format_html('<time class="whitespace-nowrap" datetime="{}">{}</time>', day.isoformat(), words)


@register.simple_tag
def category_mark(item: ActionItem) -> SafeString:
    name, word = CATEGORY_LOOK[item.category]
    return format_html(
        '<span class="inline-flex items-center gap-1.5 text-xs muted" title="{}">{}{}</span>',
        item.get_category_display(),
        icon(name, "i-sm"),
        word,
    )


@register.simple_tag
def action_state_icon(state: str) -> SafeString:
    tone, name = STATE_LOOK[state]
    return icon(name, f"i-sm {tone}")


@register.simple_tag
def moves_of(item: ActionItem) -> list[dict]:
    """Where it may go from here: to, words, icon, and whether something has to be said on the way."""
    finished = not item.is_unfinished
    found = []
    for (to, from_finished), (words, mark) in MOVES.items():
        if from_finished == finished and to in STEPS[ActionState(item.state)]:
            found.append({"to": str(to), "words": words, "icon": mark, "asks": words.endswith("…")})
    return found


@register.filter
def apostrophe(words: str) -> str:
    """Won't do → Won’t do"""
    return words.replace("'", "’")


@register.filter
def stands(item: ActionItem, name: str) -> str:
    """A field as people read it, for “what stands now”."""
    shown = getattr(item, f"get_{name}_display", None)
    value = shown() if shown else getattr(item, name, None)
    return "nothing" if value in (None, "") else str(value)
