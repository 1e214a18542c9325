"""What a Slack message says: its text, blocks, attachments and files, with Slack's marks made readable.

The marks are those of https://api.slack.com/reference/surfaces/formatting.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.text import visible

MARK = re.compile(r"<([^<>]+)>")
DEEPEST = 8  # blocks within blocks
MOST_PARTS = 200  # attachments, blocks and files of one message


@dataclass(frozen=True)
class Names:
    """Names by Slack's ids."""

    people: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)


def author(message: dict[str, Any], names: Names) -> str:
    """The person or bot that wrote it."""
    named = (
        names.people.get(str(message.get("user"))),
        _of(message, "user_profile").get("real_name"),
        message.get("username"),
        _of(message, "bot_profile").get("name"),
        message.get("user"),
        message.get("bot_id"),
    )
    return next((visible(name) for name in named if isinstance(name, str) and visible(name)), "Unknown")


def words(message: Any, names: Names) -> str:
    """Everything the message says; empty where it says nothing.

    Blocks repeat the text where there is one. A preview of a linked page is not what was said.
    """
    if not isinstance(message, dict):
        return ""
    text = readable(message.get("text"), names) or _blocks(message.get("blocks"), names)
    parts = [text]
    for attachment in _listed(message, "attachments"):
        if not (text and attachment.get("from_url")):
            parts.append(_attachment(attachment, names))
    for file in _listed(message, "files"):
        title = next(
            (file[key] for key in ("title", "name") if isinstance(file.get(key), str) and file[key]), ""
        )
        parts.append(f"File: {visible(title)}" if title else "A file without a title")
    return "\n".join(dict.fromkeys(part for part in parts if part))


def readable(text: Any, names: Names) -> str:
    """`text` without Slack's marks: <@U1>, <#C1|name>, <!here>, <https://…|words>, &amp;."""
    if not isinstance(text, str):
        return ""
    text = MARK.sub(lambda match: _mark(match[1], names) or match[0], text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return visible(text).strip()


def _mark(inner: str, names: Names) -> str:
    """What one mark <…> says; empty where it is not one of Slack's."""
    target, _, label = inner.partition("|")
    sign, name = target[:1], target[1:]
    if sign == "@" and name.isalnum():
        return "@" + (names.people.get(name) or label.removeprefix("@") or name)
    if sign == "#" and name.isalnum():
        return "#" + (label.removeprefix("#") or names.channels.get(name) or name)
    if sign == "!" and name:
        return _command(name, label)
    if target.startswith(("http://", "https://", "mailto:", "tel:")):
        return f"{label} ({target})" if label and label != target else target
    return ""


def _command(name: str, label: str) -> str:
    """<!here>, <!subteam^S1|@group>, <!date^1714557601^{date}^link|1 May 2024>."""
    kind, *parts = name.split("^")
    if kind == "date":
        return label or _date(parts[0] if parts else "")
    if label:
        return f"@{label.removeprefix('@')}"
    return f"@{parts[0]}" if kind == "subteam" and parts else f"@{kind}"


def _date(stamp: str) -> str:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 10):
        return "a date"
    return f"{datetime.fromtimestamp(int(stamp), UTC):%Y-%m-%d %H:%M} UTC"


def _attachment(attachment: dict[str, Any], names: Names) -> str:
    said = [readable(attachment.get(key), names) for key in ("pretext", "title", "text")]
    said += [
        ": ".join(filter(None, (readable(one.get("title"), names), readable(one.get("value"), names))))
        for one in _listed(attachment, "fields")
    ]
    found = "\n".join(dict.fromkeys(filter(None, said))) or _blocks(attachment.get("blocks"), names)
    return found or readable(attachment.get("fallback"), names)


def _blocks(blocks: Any, names: Names) -> str:
    if not isinstance(blocks, list):
        return ""
    lines = ("".join(_block(block, names, 0)).strip() for block in blocks[:MOST_PARTS])
    return "\n".join(filter(None, lines))


def _block(block: Any, names: Names, depth: int) -> Iterator[str]:
    """The words of a block or of an element of one, in their order."""
    if not isinstance(block, dict) or depth > DEEPEST:
        return
    kind, text = block.get("type"), block.get("text")
    if kind == "user":
        yield "@" + (names.people.get(str(block.get("user_id"))) or str(block.get("user_id")))
    elif kind == "channel":
        yield "#" + (names.channels.get(str(block.get("channel_id"))) or str(block.get("channel_id")))
    elif kind in ("broadcast", "usergroup"):
        yield f"@{block.get('range') or block.get('usergroup_id')}"
    elif kind == "emoji":
        yield f":{block.get('name')}:"
    elif kind == "date":
        yield (
            block["fallback"]
            if isinstance(block.get("fallback"), str)
            else _date(str(block.get("timestamp")))
        )
    elif kind == "link":
        url = block.get("url") if isinstance(block.get("url"), str) else ""
        yield f"{text} ({url})" if isinstance(text, str) and text and text != url else str(url)
    elif kind in ("image", "video"):
        yield readable(block.get("alt_text"), names)
    elif isinstance(text, dict):
        yield readable(text.get("text"), names) + " "
    elif isinstance(text, str):
        yield text if kind == "text" else readable(text, names) + " "
    for key in ("fields", "elements"):
        for one in _listed(block, key):
            yield from _block(one, names, depth + 1)
            if key == "fields" or kind in ("context", "rich_text", "rich_text_list"):
                yield "\n"


def _listed(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    values = found.get(key)
    return [one for one in values[:MOST_PARTS] if isinstance(one, dict)] if isinstance(values, list) else []


def _of(found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}
