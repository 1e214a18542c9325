"""Text from elsewhere: HTML becomes Markdown, what no text may hold goes, times need a zone."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from django.utils import timezone

from core.local_time import UnclearTimeError
from core.text import visible
from core.written_time import written_moment
from history.entry import Refused

TAGS = {"p", "br", "div", "strong", "b", "em", "i", "code", "pre", "a", "ul", "ol", "li", "blockquote", "del", "h1",
        "h2", "h3", "h4", "hr"}  # fmt: skip
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "del": "~~"}
BLOCKS = {"p", "div", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4"}
LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>|<!--|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
HALVES = re.compile(r"[\ud800-\udfff]")
LONGEST = 100_000  # characters of one text
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class _Markdown(HTMLParser):
    """Sanitised HTML, read as the Markdown that renders like it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "hr":
            self.parts.append("\n\n---\n\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.parts.append("[")
        elif tag in BLOCKS:
            self.parts.append("\n\n")
        self.parts.append(MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(MARKS.get(tag, ""))
        if tag == "a" and self.links:
            href = self.links.pop().replace("(", "%28").replace(")", "%29").replace(" ", "%20")
            self.parts.append(f"]({href})" if href else "]")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def clean(value: Any, *, limit: int = LONGEST) -> str:
    """What a person wrote elsewhere, as Markdown without HTML, at most `limit` characters."""
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise Refused("there is something other than text where a text belongs")
    text = str(value)
    if len(text) > LONGEST:
        raise Refused(f"a text of {len(text):,} characters is too long. The limit is {LONGEST:,}")
    if LOOKS_LIKE_HTML.search(text):
        reader = _Markdown()
        reader.feed(nh3.clean(text, tags=TAGS, attributes={"a": {"href"}}, link_rel=None))
        reader.close()
        text = "".join(reader.parts)
    text = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def line(value: Any, *, limit: int = LONGEST) -> str:
    """The same on one line, for titles and names."""
    return clean(" ".join(clean(value).split()), limit=limit)


def moment(value: Any, name: str, *, zone: str = "", order: str = "") -> datetime | None:
    """An instant in UTC; None for nothing. Refused for what `written_moment` cannot read, and for the future."""
    found = planned(value, name, zone=zone, order=order)
    if found and found > timezone.now():
        raise Refused(f"{name} is in the future: {str(value)[:40]}")
    return found


def planned(value: Any, name: str, *, zone: str = "", order: str = "") -> datetime | None:
    """The same of a time that may lie ahead."""
    if value in (None, ""):
        return None
    try:
        found = written_moment(value, zone=ZoneInfo(zone) if zone else None, order=order)
    except UnclearTimeError as unclear:
        raise Refused(f"{name}: {unclear}") from None
    if found < EARLIEST:
        raise Refused(f"{name} is before 1970: {str(value)[:40]}")
    return found


def rows(raw: Mapping[str, Any], name: str) -> list[dict]:
    """The list of objects under `name`; nothing is an empty one."""
    found = raw.get(name) or []
    if not isinstance(found, list) or any(not isinstance(row, dict) for row in found):
        raise Refused(f"{name} is not a list of objects")
    return found


def identifier(raw: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if isinstance(raw.get(name), str | int) and str(raw[name]).strip():
            found = line(raw[name])
            if len(found) > 180:
                raise Refused(f"its {name} is longer than 180 characters")
            return found
    raise Refused(f"it has no {names[0]}")


def is_storable(document: Any) -> bool:
    """Whether PostgreSQL can hold its texts: no NUL, no half of a character."""
    text = json.dumps(document, ensure_ascii=False)
    return "\\u0000" not in text and not HALVES.search(text)


def plain(text: str, limit: int) -> str:
    """Part of a file as it may stand in a report."""
    return visible(text)[:limit]
