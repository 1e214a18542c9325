"""A message as it came becomes plain values, whatever is broken in it.

Sources: RFC 5322 (message), RFC 2047 (words in headers), RFC 2045 and 2046 (parts), RFC 2183 (attachments).
"""

import codecs
import email
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import EmailMessage, Message
from email.policy import Compat32
from email.utils import format_datetime, parseaddr, parsedate_to_datetime
from typing import Any

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import html as lxml_html
from lxml.etree import LxmlError, _Element

from integrations.senders.base import UnreadableError, stored, text_of, time_of

LONGEST_TEXT = 20_000
LONGEST_HTML = 200_000
LONGEST_HEADER = 2000
SHOWN_HEADER = 500
MOST_HEADERS, MOST_PARTS = 100, 200
DEEPEST = 50
"""Parts inside parts. Each line is compared with the end of every part around it."""
TOO_DEEP = "The parts of the message are nested too deeply."
LARGEST_TABLES = 10_000_000
"""Characters. A table is drawn as wide as its longest cell in each of its rows."""
NOT_OF_TEXT = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
"""Codecs of Python that are no charset of a message."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ADDRESSED = re.compile(r"<[^<>\s]{1,500}>")
BROKEN = (ValueError, LookupError, TypeError, AttributeError)
"""What the library raises on fields that are no valid ones; each is then as if it were not there."""


class _Policy(Compat32):
    """Fields are cut before anything reads them: the library looks for their parameters in quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


_POLICY = _Policy()


def read_mail(raw: bytes) -> dict[str, Any]:
    """Its subject, sender, time, ids, text and headers, and the names of what is attached.

    Raises UnreadableError for what is no message.
    """
    if raw.lower().count(b"multipart/") > DEEPEST:
        raise UnreadableError(TOO_DEEP)
    try:
        message = email.message_from_bytes(raw, policy=_POLICY)
        headers = _headers(message)
        text, attachments = _content(message)
    except RecursionError as fault:
        raise UnreadableError(TOO_DEEP) from fault
    if not headers.keys() & {"subject", "from", "message-id"}:
        raise UnreadableError("This is no e-mail: it has neither a subject nor a sender.")
    name, address = _address(headers.get("from", ""))
    return {
        "subject": headers.get("subject", ""),
        "from": headers.get("from", ""),
        "from_name": name,
        "from_address": address,
        "to": headers.get("to", ""),
        "date": _date(headers.get("date", "")),
        "message_id": _ids(headers.get("message-id", ""))[:1],
        "in_reply_to": _ids(headers.get("in-reply-to", "")),
        "references": _ids(headers.get("references", "")),
        "text": text,
        "attachments": attachments,
        "headers": {key: value[:SHOWN_HEADER] for key, value in headers.items()},
    }


def as_message(told: dict[str, Any]) -> bytes:
    """A message that says this, for a test."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = told["subject"], told["from"], told["to"]
    message["Message-ID"] = told["message_id"][0]
    if date := time_of(told["date"]):
        message["Date"] = format_datetime(date)
    message["X-Service"] = told["headers"]["x-service"]
    message.set_content(told["text"])
    return message.as_bytes()


def _headers(message: Message) -> dict[str, str]:
    """By their names in small letters; of several with one name the first counts, as far as they are decoded."""
    found: dict[str, str] = {}
    for name, value in list(message.raw_items())[:MOST_HEADERS]:
        found.setdefault(stored(name.lower())[:100], _decoded(str(value)[:LONGEST_HEADER]))
    return found


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(_of_bytes(value))
    except BROKEN:
        pieces = [(value, None)]
    text = "".join(one if isinstance(one, str) else _text(one, charset) for one, charset in pieces) or value
    return " ".join(stored(CONTROL.sub(" ", text)).split())


def _of_bytes(value: str) -> str:
    """Bytes above ASCII in a header are UTF-8 by now, or else Latin-1."""
    if value.isascii():
        return value
    return _text(value.encode("utf-8", "surrogateescape"), None)


def _text(raw: bytes, charset: str | None) -> str:
    try:
        codec = codecs.lookup(charset or "")
        if codec.name.replace("-", "_") not in NOT_OF_TEXT:
            return raw.decode(codec.name, "replace")
    except BROKEN:
        pass  # no charset that is known
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _content(message: Message) -> tuple[str, list[dict[str, Any]]]:
    """Its text, of HTML only where it has no other, and what else is in it."""
    plain: list[str] = []
    html: list[str] = []
    attachments = []
    for part in _parts(message):
        kind, name = _said(part.get_content_type) or "text/plain", _decoded(_said(part.get_filename) or "")
        is_text = kind in ("text/plain", "text/html") and not name
        if not is_text or _said(part.get_content_disposition) == "attachment":
            attachments.append({"name": name[:200], "type": stored(kind)[:100], "size": _size(part)})
            continue
        text = _text(_bytes_of(part), _said(part.get_content_charset))
        (plain if kind == "text/plain" else html).append(text)
    text = "\n".join(plain)
    if not text.strip() and html:
        text = _of_html("\n".join(html)[:LONGEST_HTML])
    lines = [line.rstrip() for line in stored(CONTROL.sub("", text[: LONGEST_TEXT * 2])).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT], attachments[:MOST_PARTS]


def _parts(message: Message) -> Iterator[Message]:
    """Those without parts of their own, in their order; a message inside the message is one."""
    waiting, count = [message], 0
    while waiting and count < MOST_PARTS:
        part, count = waiting.pop(), count + 1
        inner = (
            part.get_payload() if part.is_multipart() else None
        )  # else it may be in a charset that is none
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def _said(read: Any) -> str | None:
    """What one of the methods of a part says, where its field is not broken."""
    try:
        said = read()
    except BROKEN:
        return None
    return said if isinstance(said, str) else None


def _bytes_of(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except BROKEN:
        return b""
    return found if isinstance(found, bytes) else b""


def _size(part: Message) -> int:
    return len(_bytes_of(part)) if not part.is_multipart() else 0


def _of_html(html: str) -> str:
    """Without attributes, so that no style makes a page of blanks."""
    try:
        tree = lxml_html.document_fromstring(
            stored(CONTROL.sub("", html)).encode(), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
        for element in tree.iter("*"):
            element.attrib.clear()
        _flatten_large_tables(tree)
        return Inscriptis(tree, ParserConfig(css=CSS_PROFILES["strict"])).get_text()
    except (LxmlError, ValueError, RecursionError):
        return ""


def _flatten_large_tables(tree: _Element) -> None:
    """One long cell beside many rows would fill the memory with blanks: such tables become plain lines."""
    text = "".join(tree.itertext())
    lines = sum(1 for _element in tree.iter("*")) + text.count("\n")
    if lines * len(text) > LARGEST_TABLES:
        for element in tree.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th"):
            element.tag = "div"


def _address(value: str) -> tuple[str, str]:
    try:
        name, address = parseaddr(value)
    except BROKEN:
        return "", ""
    return text_of(name), text_of(address)


def _date(value: str) -> str:
    try:
        moment = time_of(parsedate_to_datetime(value).isoformat())
    except (*BROKEN, OverflowError):
        return ""
    return moment.isoformat() if moment else ""


def _ids(value: str) -> list[str]:
    return ADDRESSED.findall(value)
