"""Words of retrospectives for templates."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from retros.clock import Timer

register = template.Library()


@register.simple_tag
def timer_clock(timer: Timer) -> SafeString:
    """21:40, counting by itself while the clock runs."""
    if timer.counts_from is None:
        return format_html("{}", timer.clock)
    return format_html(
        '<time datetime="{}" data-tick="timer">{}</time>', timer.counts_from.isoformat(), timer.clock
    )
