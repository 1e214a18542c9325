"""Pasted lines: “14:32 rolled back”, with dates, zones and names as people write them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.local_time import UnclearTimeError, at_local, zone_after
from core.written_time import MONTHS
from retros.imports.rows import (
    Reading,
    Refused,
    Row,
    check,
    in_order,
    row_id,
    speaker,
)

MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
DATES = [
    re.compile(r"(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})(?=$|[T\s,:–-])"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})?(?=$|[\s,–-])"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+" + MONTH + r"(?:,?\s+(?P<year>\d{4}))?(?=$|[\s,])"),
    re.compile(MONTH + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?(?=$|[\s,])"),
]
SLASHES = re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<year>\d{4})(?=$|[\s,])")
WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.I)
TIME = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s?(?P<half>[ap]\.?m\.?)(?=$|[\s\]):,-]))?",
    re.I,
)
BULLET = re.compile(r"^(?:[-*•+>]\s+|#+\s+|\d{1,3}[.)]\s+(?=\[?\d{1,4}[:.-]))?[\[(]?\s*")
AFTER = re.compile(r"^[\])]?\s*(?:[-–—:|,;]+\s*|\t)?")
HALF_DAY = timedelta(hours=12)


def read_lines(
    text: str, *, zone: ZoneInfo, day: date, now: datetime, people: Mapping[str, int] | None = None
) -> Reading:
    """Rows of what was pasted, and every line refused with its reason.

    A time without a date is on the date last named, at first `day`, and past midnight where it falls back by
    more than twelve hours. An indented line belongs to the row above it. A time without a zone is in `zone`.
    """
    reading = Reading()
    previous: datetime | None = None
    above: Row | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip():
            continue
        if line[0] in " \t" and above and not TIME.match(BULLET.sub("", line.strip())):
            detail = f"{above.detail}\n{line.strip()}".strip()
            above = reading.rows[-1] = replace(above, detail=detail[:10_000])
            continue
        above = None
        try:
            named, rest = _date(BULLET.sub("", line.strip(), count=1), day)
            if named:
                day, previous = named, None
                if not AFTER.sub("", rest).strip("# "):
                    continue
            at, rest = _time(rest, day, zone)
            if previous and not named and previous - at > HALF_DAY:
                day += timedelta(days=1)
                at += timedelta(days=1)
            words = AFTER.sub("", rest, count=1).strip()
            check(at, words, now)
        except (Refused, UnclearTimeError) as refusal:
            reading.refuse(number, line, str(refusal))
            continue
        previous = at
        actor, words = speaker(words, people or {})
        above = Row(occurred_at=at, text=words, source="paste", source_id=row_id(at, words), actor_id=actor)
        reading.add(above)
    return in_order(reading)


def _date(line: str, day: date) -> tuple[date | None, str]:
    """The date a line begins with, if it does, and what follows; a year not named is that of `day`."""
    line = WEEKDAY.sub("", line, count=1) if WEEKDAY.match(line) else line
    if match := SLASHES.match(line):
        a, b = int(match["a"]), int(match["b"])
        if a <= 12 and b <= 12 and a != b:
            raise Refused(f"{match[0]} can be read in two ways. Write {match['year']}-{a:02}-{b:02}.")
        return _day(int(match["year"]), *((a, b) if a <= 12 else (b, a)), match[0]), line[
            match.end() :
        ].lstrip(" ,")
    for pattern in DATES:
        match = pattern.match(line)
        if not match:
            continue
        parts = match.groupdict()
        month = int(parts["number"]) if parts.get("number") else MONTHS.get(parts.get("month", "").lower())
        if not month or (parts.get("number") and TIME.fullmatch(match[0])):
            continue
        found = _day(int(parts["year"] or day.year), month, int(parts["day"]), match[0])
        return found, re.sub(r"^(?:T(?=\d)|[\s,]*(?:[-–—]\s+)?(?:at\s+)?)", "", line[match.end() :])
    return None, line


def _day(year: int, month: int, day: int, shown: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(f"There is no {shown.strip()}.") from None


def _time(rest: str, day: date, zone: ZoneInfo) -> tuple[datetime, str]:
    rest = re.sub(r"^\*\*", "", rest)
    match = TIME.match(rest)
    if not match:
        raise Refused("It does not begin with a time, such as 14:32.")
    hour, half = int(match["hour"]), (match["half"] or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        raise Refused(f"There is no {match[0].strip()}.")
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    try:
        wall = datetime.combine(day, time(hour, int(match["minute"]), int(match["second"] or 0)))
    except ValueError:
        raise Refused(f"There is no {match[0].strip()}.") from None
    rest = rest[match.end() :]
    rest = re.sub(r"^\*\*(?:\s*\(\d\d:\d\d:\d\dZ\))?", "", rest)
    named, rest = zone_after(rest)
    return at_local(wall, named or zone), rest
