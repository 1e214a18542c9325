"""Words of retrospectives for templates."""

from datetime import datetime, timedelta

from django import template
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.text import in_words, written_day
from retros.checks import CHECKS
from retros.clock import Timer
from retros.models import AgendaItem, Retrospective
from retros.presenting import section_url
from retros.published_content import learnings_by_column, people_of
from timeline.models import phase_before

register = template.Library()


@register.simple_tag
def timer_clock(timer: Timer) -> SafeString:
    """21:40, counting by itself while the clock runs."""
    if timer.counts_from is None:
        return format_html("{}", timer.clock)
    return format_html(
        '<time datetime="{}" data-tick="timer">{}</time>', timer.counts_from.isoformat(), timer.clock
    )


@register.simple_tag
def part_url_of(retrospective: Retrospective, item: AgendaItem) -> str:
    """Where a part of the agenda is worked on."""
    return section_url(retrospective, item.section)


register.filter("people_of", people_of)
register.filter("learnings_by_column", learnings_by_column)
register.filter("phase_before", phase_before)


@register.filter
def check_label(name: str) -> str:
    """What a check of a published version was called; a version may name one that is gone."""
    return CHECKS[name][0] if name in CHECKS else name


@register.filter
def span_of(seconds: int) -> str:
    """2 h 05 min"""
    return in_words(timedelta(seconds=seconds))


@register.filter
def iso_day(text: str) -> str:
    """A day that a stored content names, as people write it: 18 Dec 2026."""
    day = parse_date(text)
    return written_day(day) if day else text


@register.filter
def instant(text: str) -> datetime | None:
    """The moment a stored content names."""
    return parse_datetime(text)
