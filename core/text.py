"""What people write, made into HTML: Markdown through a parser, then a sanitiser; and spans of time in words."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial

import nh3
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote", "del", "h3", "hr"}
_parser = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("strikethrough")
    .disable(["image", "heading"])
)

_document_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
_document_parser.disable(["image", "lheading"])


KEPT_UP_TO = 10_000  # characters: what is longer is rare, and would fill the memory


def render_markdown(text: str) -> SafeString:
    """Sanitised HTML of CommonMark `text`: no HTML passes through, links open without the referrer."""
    return _cleaned(_parser, text) if len(text) > KEPT_UP_TO else _kept(text)


def render_document(text: str) -> SafeString:
    """The same of a longer text, which has headings."""
    return _cleaned(_document_parser, text) if len(text) > KEPT_UP_TO else _kept_document(text)


def _cleaned(parser: MarkdownIt, text: str) -> SafeString:
    html = nh3.clean(
        parser.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(html)


_kept = lru_cache(maxsize=4096)(partial(_cleaned, _parser))
_kept_document = lru_cache(maxsize=256)(partial(_cleaned, _document_parser))


# Control characters, those that turn the direction of what follows, and halves of a character.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def together(names: Sequence[str], *, shown: int = 2) -> str:
    """“A” · “A and B” · “A, B and 3 more”"""
    if len(names) > shown:
        return f"{', '.join(names[:shown])} and {len(names) - shown} more"
    return " and ".join(names)


def visible(text: str) -> str:
    """Text from elsewhere without what no text may hold; the database could not keep all of it."""
    return _INVISIBLE.sub("", text)


def without_directions(text: str) -> str:
    """A title or name without what turns the direction of the text around it; null characters are refused later."""
    return "\0".join(map(visible, text.split("\0")))


def one_line(text: str) -> str:
    """Names and titles become headers of mails, which end at a line break."""
    return " ".join(text.split())


def in_words(span: timedelta) -> str:
    """42 min · 1 h 09 min · 3 d 4 h; under a minute “under 1 min”."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return gettext("under 1 min")
    if minutes < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    if minutes < 60 * 48:
        return gettext("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return gettext("%(days)d d %(hours)d h") % {"days": minutes // 1440, "hours": minutes % 1440 // 60}


def length_in_words(minutes: int) -> str:
    """A length somebody chose: 15 min · 4 h · 1 d."""
    hours, rest = divmod(minutes, 60)
    if rest or not hours:
        return in_words(timedelta(minutes=minutes))
    return f"{hours} h" if hours % 24 else f"{hours // 24} d"


def in_both_zones(moment: datetime) -> str:
    """10 Mar 2026 13:04 (12:04 UTC) where the reader's zone is another; else 10 Mar 2026 12:04 UTC.

    Seconds only where there are some; the name of the month is in the language that is active.
    """
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    clock = "H:i:s" if moment.second else "H:i"
    if local.utcoffset() == utc.utcoffset():
        return dateformat.format(utc, f"j M Y {clock}") + " UTC"
    utc_form = clock if local.date() == utc.date() else f"j M Y {clock}"
    return f"{dateformat.format(local, f'j M Y {clock}')} ({dateformat.format(utc, utc_form)} UTC)"


def written_day(day: date) -> str:
    """18 Dec 2026, in the language that is active."""
    return dateformat.format(day, "j M Y")


def harmless_cell[T](value: T) -> T | str:
    """A cell of a CSV file; what a spreadsheet would run as a formula stands behind an apostrophe."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def shorten(text: str, length: int) -> str:
    """At most `length` characters, with “…” for what is left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
