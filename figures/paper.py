"""A figure in a file without our style sheet: one drawing of it, with its colours inside."""

from django.utils.safestring import SafeString, mark_safe

OPENING, CLOSING = "<svg", "</svg>"


def for_paper(drawn: str, style: str) -> SafeString:
    """Of the same figure at several widths the first. `style` is ours, with colours written out."""
    start = drawn.find(OPENING)
    end = drawn.find(CLOSING, start)
    if start < 0 or end < 0:
        return SafeString("")
    one = drawn[start : end + len(CLOSING)]
    head = one.index(">") + 1
    return mark_safe(f"{one[:head]}<style>{style}</style>{one[head:]}")  # noqa: S308 - our own drawing and style
