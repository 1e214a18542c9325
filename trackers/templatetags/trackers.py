"""Marks of tickets: their state, whether a field is in step, values of both sides."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core.templatetags.allclear import icon
from trackers.face import Field
from trackers.models import Ticket, Tracker
from trackers.of_item import ShownClash, ShownTicket

register = template.Library()

SYNC = {
    "same": ("check", "k-ok", "Same"),
    "category": ("check", "k-ok", "Same category"),
    "waiting": ("refresh-cw", "muted", "Being synced"),
    "off": ("minus", "muted", "Not synced"),
    "unknown": ("minus", "k-warn", "Not matched"),
    "not_taken": ("circle-alert", "k-warn", "Refused"),
    "conflict": ("git-compare", "k-bad", "Conflict"),
}
STATES = {
    "gone": ("circle-x", "k-bad", "Not found"),
    "forbidden": ("lock", "k-warn", "No permission"),
    "refused": ("circle-alert", "k-warn", "Refused"),
    "private": ("lock", "k-warn", "Private"),
    "archived": ("archive", "k-warn", "Archived"),
    "limited": ("hourglass", "k-warn", "Limited"),
    "sign_in": ("key-round", "k-bad", "Sign-in refused"),
    "unreachable": ("circle-alert", "k-bad", "No answer"),
    "paused": ("circle-pause", "muted", "Paused"),
}


def _mark(name: str, kind: str, words: str) -> SafeString:
    return format_html('<span class="state {}">{}{}</span>', kind, icon(name, "i-sm"), words)


@register.simple_tag
def sync_mark(sync: str) -> SafeString:
    return _mark(*SYNC[sync])


@register.simple_tag
def ticket_state(shown: ShownTicket) -> SafeString:
    """What is wrong, how many conflicts are open, or that it is in step."""
    if shown.problem:
        return _mark(*STATES[shown.problem])
    if count := len(shown.clashes):
        return _mark("git-compare", "k-bad", "1 conflict" if count == 1 else f"{count} conflicts")
    if not shown.ticket.is_linked:
        return _mark("loader", "muted", shown.ticket.get_state_display())
    if any(row.sync == "waiting" for row in shown.rows):
        return _mark(*SYNC["waiting"])
    return _mark("check", "k-ok", "In step")


@register.simple_tag
def ticket_icon(shown: ShownTicket) -> SafeString:
    name, kind, _ = STATES.get(shown.problem, ("ticket", "muted", ""))
    if not shown.problem and shown.ticket.moved_from:
        name = "arrow-right"
    return icon(name, f"i-sm {kind}")


@register.simple_tag
def said_state(ticket: Ticket) -> str:
    return ticket.said(Field.STATE)


@register.simple_tag
def conflict_value(clash: ShownClash, theirs: bool) -> SafeString:
    return field_value(clash.theirs if theirs else clash.ours)


@register.simple_tag
def field_value(value: Any) -> SafeString:
    if isinstance(value, date):
        return format_html("{}", date_format(value, "D j M Y"))
    if value in (None, ""):
        return format_html('<span class="muted">{}</span>', "None")
    return conditional_escape(value)


@register.simple_tag
def tracker_state(tracker: Tracker) -> SafeString:
    """Paused, what is wrong, that nothing is known yet, or connected."""
    if tracker.paused_at:
        return _mark(*STATES["paused"])
    if tracker.problem:
        return _mark(*STATES[tracker.problem])
    if not tracker.looked_at:
        return _mark("loader", "muted", "Being tested")
    return _mark("circle-check", "k-ok", "Connected")


@register.simple_tag
def ticket_mark(ticket: Ticket) -> SafeString:
    """For lists and cards: the key, and a mark where something is to be looked at."""
    clashes = getattr(ticket, "open_clashes", 0)
    problem = ticket.problem or ticket.tracker.problem
    mark: SafeString | str = ""
    if clashes:
        words = "1 conflict" if clashes == 1 else f"{clashes} conflicts"
        mark = format_html(
            '<span title="{}">{}<span class="sr-only">{}</span></span>',
            words,
            icon("git-compare", "i-sm k-bad"),
            words,
        )
    elif problem:
        name, kind, words = STATES[problem]
        mark = format_html(
            '<span title="{}">{}<span class="sr-only">{}</span></span>',
            words,
            icon(name, f"i-sm {kind}"),
            words,
        )
    if not ticket.url:
        words = STATES[problem][2] if problem else ticket.get_state_display()
        return format_html('<span class="muted inline-flex items-center gap-1">{}{}</span>', mark, words)
    return format_html(
        '<a class="inline-flex items-center gap-1 hover:underline" href="{}" rel="noopener noreferrer">{}{}</a>',
        ticket.url,
        mark or icon("ticket", "i-sm muted"),
        ticket.key,
    )
