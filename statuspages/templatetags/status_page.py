"""The few words a public page speaks: times in the page's zone and in UTC, marks drawn once and used often."""

from datetime import UTC, datetime, timedelta

import lucide
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.templatetags.allclear import status_mark
from config.text import in_words

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
    return status_mark(CLOCKS.get(status, "resolved"), status)


def _day(moment: datetime) -> str:
    year = f" {moment.year}" if moment.year != timezone.localdate().year else ""
    return f"{moment:%a} {moment.day} {moment:%b}{year}"


@register.filter
def day(moment: datetime) -> str:
    return _day(timezone.localtime(moment))


@register.filter
def month(moment: datetime) -> str:
    return f"{moment:%B %Y}"


def _spoken(moment: datetime) -> tuple[str, str]:
    """(03:54 CET, 02:54 UTC), with days where they are not today; the second is empty where both are the same."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    today = "" if local.date() == timezone.localdate() else f"{_day(local)}, "
    here = f"{today}{local:%H:%M} {local.tzname()}"
    if local.utcoffset() == timedelta(0):
        return f"{today}{local:%H:%M} UTC", ""
    other_day = "" if utc.date() == local.date() else f"{utc.day} {utc:%b}, "
    return here, f"{other_day}{utc:%H:%M} UTC"


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


@register.simple_tag
def lasting(start: datetime, end: datetime) -> str:
    """Tue 1 Dec, 02:00–03:00 CET (01:00–02:00 UTC)"""
    here = _between(timezone.localtime(start), timezone.localtime(end))
    if timezone.localtime(start).utcoffset() == timedelta(0):
        return here
    utc = _between(start.astimezone(UTC), end.astimezone(UTC))
    same_day = timezone.localtime(start).date() == start.astimezone(UTC).date()
    return f"{here} ({utc.partition(', ')[2] if same_day else utc})"


def _between(start: datetime, end: datetime) -> str:
    zone = "UTC" if start.utcoffset() == timedelta(0) else end.tzname()
    last = f"{end:%H:%M}" if end.date() == start.date() else f"{_day(end)}, {end:%H:%M}"
    return f"{_day(start)}, {start:%H:%M}–{last} {zone}"


@register.filter
def lasted(entry) -> str:
    """How long an incident or a maintenance was; empty while it is."""
    end = getattr(entry, "resolved_at", None) or getattr(entry, "ended_at", None)
    start = getattr(entry, "began_at", None)
    return in_words(end - start) if start and end else ""


@register.filter
def names(components) -> str:
    """payments, checkout and search"""
    found = [c.name for c in components]
    return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))
