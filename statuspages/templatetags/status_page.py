"""The few words a public page speaks: times in the page's zone and in UTC, marks drawn once and used often."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import lucide
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from core.templatetags.allclear import status_mark
from core.text import in_words
from statuspages import languages
from statuspages.models import Component
from statuspages.recurrence import Recurrence
from statuspages.rules import in_words as rule_in_words
from statuspages.state_words import STATUS_WORDS

register = template.Library()
MARKS = {
    "operational": "circle-check",
    "degraded": "triangle",
    "partial_outage": "diamond",
    "major_outage": "octagon-x",
    "under_maintenance": "wrench",
}
CLOCKS = {"Investigating": "investigating", "Identified": "fixing", "Monitoring": "mitigated"}


@register.simple_tag
def marks() -> SafeString:
    """The outlines that `mark` refers to; once a page."""
    symbols = ""
    for state, name in MARKS.items():
        drawn = lucide._render_icon(name, None)
        inside = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")].strip()
        symbols += f'<symbol id="m-{state}" viewBox="0 0 24 24">{inside}</symbol>'
    return SafeString(f'<svg class="marks absolute" width="0" height="0" aria-hidden="true">{symbols}</svg>')


@register.simple_tag
def mark(state: str, size: str = "") -> SafeString:
    return format_html(
        '<svg class="i {} t-{}" aria-hidden="true"><use href="#m-{}"/></svg>', size, state, state
    )


@register.simple_tag
def clock_of(status: str) -> SafeString:
    """The clock that fills, with the word the public reads."""
    return status_mark(CLOCKS.get(status, "resolved"), str(STATUS_WORDS[status]))


def _day(moment: datetime) -> str:
    is_this_year = moment.year == timezone.localdate().year
    return languages.day(moment) if is_this_year else languages.day_and_year(moment)


@register.filter
def day(moment: datetime) -> str:
    return _day(timezone.localtime(moment))


@register.filter
def month(moment: datetime) -> str:
    return languages.month(moment)


def _spoken(moment: datetime) -> tuple[str, str]:
    """(03:54 CET, 02:54 UTC), with days where they are not today; the second is empty where both are the same."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    is_utc = local.utcoffset() == timedelta(0)
    here = f"{languages.clock(local)} {'UTC' if is_utc else local.tzname()}"
    if local.date() != timezone.localdate():
        here = languages.on_day(_day(local), here)
    if is_utc:
        return here, ""
    there = f"{languages.clock(utc)} UTC"
    return here, there if utc.date() == local.date() else languages.on_day(languages.short_day(utc), there)


@register.simple_tag
def told_at(moment: datetime) -> SafeString:
    here, utc = _spoken(moment)
    return format_html(
        '<time datetime="{}">{}{}</time>',
        f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        here,
        f" · {utc}" if utc else "",
    )


@register.simple_tag
def within(moment: datetime) -> SafeString:
    """A time inside a sentence."""
    here, utc = _spoken(moment)
    return format_html("<b>{}</b>{}", here, f" ({utc})" if utc else "")


@register.filter
def spoken(moment: datetime) -> str:
    """The same where there is no HTML."""
    here, utc = _spoken(moment)
    return f"{here} ({utc})" if utc else here


@register.simple_tag
def lasting(start: datetime, end: datetime) -> str:
    """Tue 1 Dec, 02:00–03:00 CET (01:00–02:00 UTC)"""
    local = timezone.localtime(start)
    here = languages.on_day(_day(local), _between(local, timezone.localtime(end)))
    if local.utcoffset() == timedelta(0):
        return here
    utc = start.astimezone(UTC)
    there = _between(utc, end.astimezone(UTC))
    return f"{here} ({there if local.date() == utc.date() else languages.on_day(_day(utc), there)})"


def _between(start: datetime, end: datetime) -> str:
    """02:00–03:00 CET, with the day of the end where that is another."""
    zone = "UTC" if start.utcoffset() == timedelta(0) else end.tzname()
    last = languages.clock(end)
    if end.date() != start.date():
        last = languages.on_day(_day(end), last)
    values = {"start": languages.clock(start), "end": last}
    return f"{pgettext('from a time to a time', '%(start)s–%(end)s') % values} {zone}"


@register.filter
def lasted(entry: object) -> str:
    """How long an incident or a maintenance was; empty while it is."""
    end = getattr(entry, "resolved_at", None) or getattr(entry, "ended_at", None)
    start = getattr(entry, "began_at", None)
    return in_words(end - start) if start and end else ""


@register.filter
def names(components: Iterable[Component]) -> str:
    """payments, checkout and search"""
    return languages.listed(c.name for c in components)


@register.filter
def rule(recurrence: Recurrence) -> str:
    """“Repeats every Sunday”"""
    return rule_in_words(recurrence)
