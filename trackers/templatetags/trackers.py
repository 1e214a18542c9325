"""Marks of tickets: their state, whether a field is synced, values of both sides."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core.templatetags.allclear import icon
from core.templatetags.state_marks import state_mark
from trackers.face import Field, Problem
from trackers.models import Ticket, Tracker
from trackers.of_item import ShownConflict, ShownTicket

register = template.Library()

SYNC = {
    "same": ("k-ok", "check", "Same"),
    "category": ("k-ok", "check", "Same category"),
    "waiting": ("muted", "refresh-cw", "Being synced"),
    "off": ("muted", "minus", "Not synced"),
    "unknown": ("k-warn", "minus", "Not matched"),
    "not_taken": ("k-warn", "circle-alert", "Refused"),
    "conflict": ("k-bad", "git-compare", "Conflict"),
}
STATES = {
    "gone": ("k-bad", "circle-x", "Not found"),
    "forbidden": ("k-warn", "lock", "No permission"),
    "refused": ("k-warn", "circle-alert", "Refused"),
    "private": ("k-warn", "lock", "Private"),
    "archived": ("k-warn", "archive", "Archived"),
    "another": ("k-warn", "circle-alert", "Another ticket"),
    "unreadable": ("k-warn", "circle-alert", "Cannot be read"),
    "limited": ("k-warn", "hourglass", "Limited"),
    "sign_in": ("k-bad", "key-round", "Sign-in refused"),
    "unreachable": ("k-bad", "circle-alert", "No answer"),
    "paused": ("muted", "circle-pause", "Paused"),
}


@register.simple_tag
def sync_mark(sync: str) -> SafeString:
    return state_mark(*SYNC[sync])


@register.simple_tag
def ticket_state(shown: ShownTicket) -> SafeString:
    """What is wrong, how many conflicts are open, or that it is synced."""
    if shown.problem:
        return state_mark(*STATES[shown.problem])
    if count := len(shown.conflicts):
        return state_mark("k-bad", "git-compare", _conflicts(count))
    if not shown.ticket.is_linked:
        return state_mark("muted", "loader", shown.ticket.get_state_display())
    if any(row.sync == "waiting" for row in shown.rows):
        return state_mark(*SYNC["waiting"])
    return state_mark("k-ok", "check", "Synced")


@register.simple_tag
def ticket_icon(shown: ShownTicket) -> SafeString:
    tone, name, _ = STATES.get(shown.problem, ("muted", "ticket", ""))
    if not shown.problem and shown.ticket.moved_from:
        name = "arrow-right"
    return icon(name, f"i-sm {tone}")


@register.simple_tag
def said_state(ticket: Ticket) -> str:
    return ticket.said(Field.STATE)


@register.simple_tag
def conflict_value(conflict: ShownConflict, theirs: bool) -> SafeString:
    return field_value(conflict.theirs if theirs else conflict.ours)


@register.simple_tag
def conflict_note(conflict: ShownConflict, theirs: bool) -> SafeString | str:
    """What else comes of using that value."""
    if not conflict.leaves_no_owner(theirs):
        return ""
    return format_html(
        '<span class="block text-xs">{}</span>', "Then neither the action item nor the ticket has an owner."
    )


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
        return state_mark(*STATES["paused"])
    if tracker.problem:
        return state_mark(*STATES[tracker.problem])
    if not tracker.looked_at:
        return state_mark("muted", "loader", "Being tested")
    return state_mark("k-ok", "circle-check", "Connected")


@register.simple_tag
def tracker_to_do(tracker: Tracker) -> str:
    """For the administrator who sees what is wrong."""
    if tracker.problem == Problem.SIGN_IN:
        return tracker.facts.sign_in_advice or f"Enter a new {tracker.facts.key_in_text} with “Edit”."
    if "ALLCLEAR_OUTBOUND_ALLOW" in tracker.problem_words:
        return "An operator can add it there."
    if tracker.problem == Problem.UNREACHABLE:
        return "Check the address, and whether the network lets this server reach it."
    return ""


def _conflicts(count: int) -> str:
    return "1 conflict" if count == 1 else f"{count} conflicts"


@register.simple_tag
def ticket_words(ticket: Ticket) -> str:
    """For lists, behind `ticket_mark`: how many conflicts are open, what is wrong, or its state there."""
    if ticket.open_conflicts:  # type: ignore[attr-defined]
        return _conflicts(ticket.open_conflicts)  # type: ignore[attr-defined]
    if ticket.url and (problem := ticket.problem or ticket.tracker.problem):
        return STATES[problem][2]
    return ticket.state_there or ""  # type: ignore[attr-defined]


@register.simple_tag
def ticket_mark(ticket: Ticket, *, is_told: bool = False) -> SafeString:
    """For lists and cards: the key, and a mark where something is to be looked at. `is_told`: its words stand beside
    it."""
    conflicts = getattr(ticket, "open_conflicts", 0)
    problem = ticket.problem or ticket.tracker.problem
    mark: SafeString | str = ""
    if conflicts:
        mark = _mark("k-bad", "git-compare", "" if is_told else _conflicts(conflicts))
    elif problem:
        tone, name, words = STATES[problem]
        mark = _mark(tone, name, "" if is_told else words)
    if not ticket.url:
        words = STATES[problem][2] if problem else ticket.get_state_display()
        return format_html('<span class="muted inline-flex items-center gap-1">{}{}</span>', mark, words)
    return format_html(
        '<a class="inline-flex items-center gap-1 max-lg:min-h-11 hover:underline" href="{}" rel="noopener noreferrer">{}{}</a>',
        ticket.url,
        mark or icon("ticket", "i-sm muted"),
        ticket.key,
    )


def _mark(tone: str, name: str, words: str) -> SafeString:
    drawn = icon(name, f"i-sm {tone}")
    if not words:
        return drawn
    return format_html('<span title="{}">{}<span class="sr-only">{}</span></span>', words, drawn, words)
