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

from retros.imports.rows import LONGEST_TEXT, Reading, Refused, Row, check, fingerprint, in_order
from retros.imports.slack_words import Names, author, words

LARGEST_ZIP = 20 * 1024 * 1024
MOST_FILES = 20_000
LARGEST_FILE = 8 * 1024 * 1024  # unpacked, of one file
LARGEST_IN_ALL = 64 * 1024 * 1024
MOST_TIMES_LARGER = 200  # a file that grows more than this when unpacked was made to do harm
DAY_FILE = re.compile(r"^(?:.*/)?(?P<channel>[^/]{1,200})/(?P<day>\d{4}-\d{2}-\d{2})\.json$")
NOTES = {
    "channel_join": "Somebody joined the channel.", "channel_leave": "Somebody left the channel.",
    "group_join": "Somebody joined the channel.", "group_leave": "Somebody left the channel.",
    "channel_topic": "The topic was changed.", "channel_purpose": "The purpose was changed.",
    "channel_name": "The channel was renamed.", "channel_archive": "The channel was archived.",
    "bot_add": "An integration was added.", "bot_remove": "An integration was removed.",
    "pinned_item": "Something was pinned.", "tombstone": "The message was deleted.",
}  # fmt: skip
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
    """The messages of the window, with the names of who wrote them; what is no message is listed as left out."""
    if len(content) > LARGEST_ZIP:
        raise Refused(f"At most {LARGEST_ZIP // 1024 // 1024} MB. Export fewer days.")
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
        raise Refused(f"The zip holds {len(files):,} files, and the limit is {MOST_FILES:,}.")
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
    line = outside = 0
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
                try:
                    row = _message(message, channel, names, people, window, now)
                except Refused as refusal:
                    reading.refuse(line, f"#{channel}: {words(message, names)}", str(refusal))
                except _LeftOutError as reason:
                    reading.leave_out(line, f"#{channel}: {words(message, names)}", str(reason))
                else:
                    if row:
                        reading.add(row)
                    else:
                        outside += 1
    if outside:
        are = "1 message is" if outside == 1 else f"{outside:,} messages are"
        reading.leave_out(0, "", f"{are} outside the chosen period.")
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


def _names(archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], budget: list[int]) -> Names:
    people, channels = {}, {}
    for user in _list_of(archive, files, "users", budget):
        profile = user["profile"] if isinstance(user.get("profile"), dict) else {}
        found = (
            profile.get("real_name"),
            user.get("real_name"),
            profile.get("display_name"),
            user.get("name"),
        )
        people[user["id"]] = next((n for n in found if isinstance(n, str) and n), user["id"])
    for kind in ("channels", "groups"):
        for one in _list_of(archive, files, kind, budget):
            if isinstance(one.get("name"), str):
                channels[one["id"]] = one["name"]
    return Names(people, channels)


def _list_of(
    archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], name: str, budget: list[int]
) -> list[dict[str, Any]]:
    """What users.json and its like hold, as far as it has ids."""
    info = next((i for i in files if i.filename.rpartition("/")[2] == f"{name}.json"), None)
    found = _json(archive, info, budget) if info and info.filename.count("/") < 2 else []
    listed = found if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]


class _LeftOutError(Exception):
    """Why a message is no row although it can be read."""


def _message(
    message: Any, channel: str, names: Names, people: Mapping[str, int], window: Window, now: datetime
) -> Row | None:
    """The row; None outside the window. Raises Refused for what cannot be read."""
    if not isinstance(message, dict) or message.get("type", "message") != "message":
        raise _LeftOutError("It is not a message.")
    stamp = message.get("ts")
    if not isinstance(stamp, str) or not re.fullmatch(r"\d{9,10}\.\d{1,6}", stamp):
        raise Refused("It has no time that can be read.")
    at = datetime.fromtimestamp(int(stamp.split(".")[0]), UTC)
    if not window.since <= at <= window.until:
        return None
    subtype = str(message.get("subtype") or "")
    if subtype in NOTES:
        raise _LeftOutError(NOTES[subtype])
    text = words(message, names)
    if not text:
        raise _LeftOutError("It is a huddle." if "huddle" in subtype else "It has no words and no file.")
    check(at, text[:LONGEST_TEXT], now)
    who = author(message, names)
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
