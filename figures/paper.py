"""A figure in a file without our style sheet: one drawing of it, with its colours inside."""

import re

from django.utils.safestring import SafeString, mark_safe

ACROSS = 660  # px between the margins of a page of A4
DRAWING = re.compile(r"<svg\b[^>]*>.*?</svg>", re.DOTALL)
WIDTH = re.compile(r'<svg\b[^>]* width="(\d+)"')


def for_paper(drawn: str, style: str) -> SafeString:
    """Of a figure that is there at several widths the widest that needs no shrinking, else the narrowest.

    `style` is ours, with colours written out.
    """
    found = DRAWING.findall(drawn)
    if not found:
        return SafeString("")
    one = max((d for d in found if _width(d) <= ACROSS), key=_width, default=min(found, key=_width))
    head = one.index(">") + 1
    return mark_safe(f"{one[:head]}<style>{style}</style>{one[head:]}")  # noqa: S308 - our own drawing and style


def _width(drawing: str) -> int:
    told = WIDTH.match(drawing)
    return int(told[1]) if told else 0
