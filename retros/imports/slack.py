"""A Slack export: a zip with users.json and one folder a channel, one file a day."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from lzma import LZMAError
from typing import Any

from config.text import visible
from retros.imports.rows import LONGEST_TEXT, Reading, Refused, Row, check, fingerprint, in_order

LARGEST_ZIP = 20 * 1024 * 1024
MOST_FILES = 20_000
LARGEST_FILE = 8 * 1024 * 1024  # unpacked, of one file
LARGEST_IN_ALL = 64 * 1024 * 1024
MOST_TIMES_LARGER = 200  # a file that grows more than this when unpacked was made to do harm
DAY_FILE = re.compile(r"^(?:.*/)?(?P<channel>[^/]{1,200})/(?P<day>\d{4}-\d{2}-\d{2})\.json$")
MARK = re.compile(r"<([^<>]+)>")
NOISE = {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive",
         "group_join", "group_leave", "bot_add", "bot_remove", "pinned_item"}  # fmt: skip
UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, UnicodeDecodeError,
              zlib.error, LZMAError)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """Which part of an export is wanted: from when to when, and of one channel or of all."""

    since: datetime
    until: datetime
    channel: str = ""


def read_slack(
    content: bytes, *, window: Window, now: datetime, people: Mapping[str, int] | None = None
) -> Reading:
    """The messages of the window, with the names of who wrote them; joins and leaves are left out."""
    if len(content) > LARGEST_ZIP:
        raise Refused(f"At most {LARGEST_ZIP // 1024 // 1024} MB; export fewer days.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, window, now, people or {})
    except UNREADABLE as fault:
        raise Refused(f"This is no zip that can be read: {fault}.") from None
    except RuntimeError:
        raise Refused("The zip is encrypted.") from None


def _read(archive: zipfile.ZipFile, window: Window, now: datetime, people: Mapping[str, int]) -> Reading:
    files = archive.infolist()
    if len(files) > MOST_FILES:
        raise Refused(f"The zip holds {len(files):,} files; at most {MOST_FILES:,} are read.")
    days: dict[str, list[zipfile.ZipInfo]] = {}
    for info in files:
        match = DAY_FILE.match(info.filename)
        if match and not info.is_dir() and not info.filename.startswith("__MACOSX"):
            days.setdefault(match["channel"], []).append(info)
    if not days:
        raise Refused(
            "No channel is in it: a Slack export has one folder a channel, and in it one file a day."
        )
    wanted = window.channel.strip().lstrip("#").casefold()
    chosen = {name: found for name, found in days.items() if not wanted or name.casefold() == wanted}
    if not chosen:
        known = ", ".join(f"#{name}" for name in sorted(days)[:12])
        raise Refused(
            f"There is no #{wanted} in it. It holds {known}{' and more' if len(days) > 12 else ''}."
        )
    budget = [LARGEST_IN_ALL]
    names = _names(archive, files, budget)
    reading = Reading()
    line = 0
    for channel in sorted(chosen):
        for info in sorted(chosen[channel], key=lambda info: info.filename):
            if not _near(info, window):
                continue
            messages = _json(archive, info, budget)
            if not isinstance(messages, list):
                reading.refuse(line, info.filename, "This file holds no list of messages.")
                continue
            for message in messages:
                line += 1
                row = _message(message, channel, names, people, window, now)
                if isinstance(row, Row):
                    reading.add(row)
                elif row:
                    reading.refuse(line, f"#{channel}: {_text(message, names)}", row)
    return in_order(reading)


def _near(info: zipfile.ZipInfo, window: Window) -> bool:
    """Whether the day of this file may hold a message of the window, wherever the workspace's days begin."""
    match = DAY_FILE.match(info.filename)
    assert match
    try:
        day = datetime.fromisoformat(match["day"]).date()
    except ValueError:
        return False
    return (day - window.since.astimezone(UTC).date()).days >= -1 and (
        day - window.until.astimezone(UTC).date()
    ).days <= 1


def _json(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: list[int]) -> Any:
    """One file, unpacked no further than is allowed, whatever its header claims."""
    allowed = min(LARGEST_FILE, budget[0])
    if info.file_size > max(64 * 1024, info.compress_size * MOST_TIMES_LARGER):
        raise Refused(f"{info.filename} grows too large when unpacked.")
    with archive.open(info) as file:
        content = file.read(allowed + 1)
    if len(content) > allowed:
        raise Refused(f"{info.filename} grows too large when unpacked.")
    budget[0] -= len(content)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(f"{info.filename} is not well-formed JSON.") from None


def _names(archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], budget: list[int]) -> dict[str, str]:
    info = next((i for i in files if re.fullmatch(r"(?:[^/]+/)?users\.json", i.filename)), None)
    users = _json(archive, info, budget) if info else []
    names = {}
    for user in users if isinstance(users, list) else []:
        if isinstance(user, dict) and isinstance(user.get("id"), str):
            found_profile = user.get("profile")
            profile = found_profile if isinstance(found_profile, dict) else {}
            found = (
                profile.get("real_name"),
                user.get("real_name"),
                profile.get("display_name"),
                user.get("name"),
            )
            names[user["id"]] = next((n for n in found if isinstance(n, str) and n), user["id"])
    return names


def _message(
    message: Any,
    channel: str,
    names: dict[str, str],
    people: Mapping[str, int],
    window: Window,
    now: datetime,
) -> Row | str:
    """The row, or why it is refused, or nothing for what is outside the window or noise."""
    if not isinstance(message, dict) or message.get("type", "message") != "message":
        return ""
    if message.get("subtype") in NOISE:
        return ""
    stamp = message.get("ts")
    if not isinstance(stamp, str) or not re.fullmatch(r"\d{9,10}\.\d{1,6}", stamp):
        return "It has no time that can be read."
    at = datetime.fromtimestamp(int(stamp.split(".")[0]), UTC)
    if not window.since <= at <= window.until:
        return ""
    text = _text(message, names)
    if not text:
        return ""
    try:
        check(at, text[:LONGEST_TEXT], now)
    except Refused as refusal:
        return str(refusal)
    who = _who(message, names)
    actor = people.get(who.casefold())
    return Row(
        occurred_at=at,
        text=text[:LONGEST_TEXT],
        detail=text[LONGEST_TEXT : LONGEST_TEXT + 10_000],
        source="slack",
        source_id=fingerprint(channel.casefold(), stamp),
        actor_id=actor,
        system="" if actor else who[:100],
        group=f"#{channel}",
    )


def _who(message: dict, names: dict[str, str]) -> str:
    profile = message.get("user_profile")
    said = profile.get("real_name") if isinstance(profile, dict) else None
    for found in (names.get(str(message.get("user"))), said, message.get("username"), message.get("user")):
        if isinstance(found, str) and visible(found):
            return visible(found)
    return "Unknown"


def _mark(inner: str, names: dict[str, str]) -> str:
    """What one mark <…> of Slack's says; empty where it is not one of Slack's."""
    target, _, label = inner.partition("|")
    sign, name = target[:1], target[1:]
    if sign == "@" and name.isalnum():
        return "@" + (names.get(name) or label or name)
    if sign == "#" and name.isalnum() and label:
        return f"#{label}"
    if sign == "!" and name:
        return f"@{name.partition('^')[0]}"
    if target.startswith(("http://", "https://", "mailto:")):
        return f"{label} ({target})" if label else target
    return ""


def _text(message: Any, names: dict[str, str]) -> str:
    """Slack's own marks made readable: <@U1>, <#C1|name>, <https://…|words>, &amp;."""
    text = message.get("text") if isinstance(message, dict) else ""
    if not isinstance(text, str):
        return ""
    text = MARK.sub(lambda match: _mark(match[1], names) or match[0], text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return visible(text).strip()
