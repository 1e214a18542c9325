"""The marks of factors, as the figures draw them."""

from django import template
from django.utils.safestring import SafeString

from figures.draw import el
from figures.factors import mark

register = template.Library()


@register.simple_tag
def factor_mark(level: str) -> SafeString:
    """A wedge or linked points; the word stands beside it."""
    svg = el(
        "svg",
        mark(level, 0, 0),
        class_="fig f-mark",
        width=16,
        height=16,
        viewBox="-8 -8 16 16",
        aria_hidden="true",
    )
    return SafeString(svg)
