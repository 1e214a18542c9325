"""What people write, made into HTML: Markdown through a parser, then a sanitiser; and spans of time in words."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import nh3
from django.utils import timezone
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote", "del", "h3", "hr"}
_parser = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("strikethrough")
    .disable(["image", "heading"])
)


@lru_cache(maxsize=4096)
def render_markdown(text: str) -> SafeString:
    """Sanitised HTML of CommonMark `text`: no HTML passes through, links open without the referrer."""
    html = nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(html)


def in_words(span: timedelta) -> str:
    """42 min · 1 h 09 min · 3 d 4 h; under a minute “under 1 min”."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 60 * 48:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def in_both_zones(moment: datetime) -> str:
    """2026-03-10 13:04:00 (12:04:00 UTC) where the reader's zone is another; else 2026-03-10 12:04:00 UTC."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    if local.utcoffset() == utc.utcoffset():
        return f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    day = "" if local.date() == utc.date() else f"{utc:%Y-%m-%d} "
    return f"{local:%Y-%m-%d %H:%M:%S} ({day}{utc:%H:%M:%S} UTC)"


def harmless_cell[T](value: T) -> T | str:
    """A cell of a CSV file that no spreadsheet runs as a formula; what is no text stays as it is."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
