"""Dates and times as people and other tools write them; nothing that is not written is made up."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from core.local_time import UnclearTimeError, at_local, zone_named

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1,
    )
    for name in names.split()
}  # fmt: skip
ORDERS = {"dmy": "Day/month/year", "mdy": "Month/day/year", "ymd": "Year/month/day"}
ORDER_CHOICES = [("", "Only unambiguous dates"), *ORDERS.items()]
ORDER_HELP = "Of dates such as 03/04/2024, which are refused without one."
EPOCH = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 15: 1_000_000, 16: 1_000_000}  # digits → units a second
SHOWN = 40

_NUMBER = re.compile(r"(?P<whole>\d{9,16})(?P<fraction>\.\d{1,9})?")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+", re.I)
_NUMERIC = re.compile(r"(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2})[./-](?P<c>\d{4}|\d{2})(?=$|[T\s,])")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-](?P<month>[A-Za-z]{3,9})\.?,?[\s-](?P<year>\d{4})(?=$|[\s,])"
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[A-Za-z]{3,9})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})(?=$|[\s,])"
)
_TIME = re.compile(
    r"(?:T|,?\s(?:at\s)?)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?(?P<rest>\s?\S{0,40})"
)
_HAS_TIME = re.compile(r"\d[T ]\d{2}:?\d{2}")


def written_moment(value: Any, *, zone: tzinfo | None, order: str = "") -> datetime:
    """The instant that `value` writes out, in UTC: ISO 8601, RFC 1123, a date with its month's name or in the
    stated `order`, or seconds, milliseconds or microseconds since 1970.

    A time without a zone is in `zone`. Raises UnclearTimeError for what is no date and time, has no time of day,
    names no zone where `zone` is None, or can be read in two ways.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if not isinstance(value, str):
        raise UnclearTimeError(f"“{str(value)[:SHOWN]}” is not a date and time.")
    text = " ".join(value.split())
    if match := _NUMBER.fullmatch(text):
        return _since_1970(match, text)
    wall, named = _wall(text, order)
    if named is None and zone is None:
        raise UnclearTimeError(f"“{text[:SHOWN]}” has no time zone.")
    where = named or zone
    assert where is not None
    return at_local(wall, where)


def _since_1970(match: re.Match[str], text: str) -> datetime:
    units = EPOCH.get(len(match["whole"]))
    if units is None or (match["fraction"] and units != 1):
        raise UnclearTimeError(f"“{text[:SHOWN]}” is not a date and time.")
    whole, rest = divmod(int(match["whole"]), units)
    micro = rest * (1_000_000 // units) if units > 1 else int(f"{match['fraction'] or '.'}000000"[1:7])
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=micro)


def _wall(text: str, order: str) -> tuple[datetime, tzinfo | None]:
    """What the clock showed, and the zone that is named, if one is."""
    if _HAS_TIME.search(text):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return found.replace(tzinfo=None), found.tzinfo
    day, rest = _day(text, order)
    if not rest.strip(" ,T"):
        raise UnclearTimeError(
            f"“{text[:SHOWN]}” has no time of day, and a length of time cannot be computed from a date alone."
        )
    match = _TIME.fullmatch(rest)
    if not match:
        raise _no_moment(text)
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise _no_moment(text)
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    micro = int(f"{match['part'] or ''}000000"[:6])
    try:
        wall = datetime.combine(day, time(hour, int(match["minute"]), int(match["second"] or 0), micro))
    except ValueError:
        raise _no_moment(text) from None
    word = match["rest"].strip().strip("()")
    named = zone_named(word) if word else None
    if word and named is None:
        raise UnclearTimeError(f"“{word}” in “{text[:SHOWN]}” is not a known time zone.")
    return wall, named


def _no_moment(text: str) -> UnclearTimeError:
    return UnclearTimeError(
        f"“{text[:SHOWN]}” is no date and time. Write 2026-03-10 14:32 or 2026-03-10T13:32:00Z."
    )


def _day(text: str, order: str) -> tuple[date, str]:
    weekday = _WEEKDAY.match(text)
    rest = text[weekday.end() :] if weekday else text
    if match := _NUMERIC.match(rest):
        year, month, day = _numbers(match, order)
    elif match := _DAY_FIRST.match(rest) or _MONTH_FIRST.match(rest):
        year, month, day = int(match["year"]), MONTHS.get(match["month"].lower(), 0), int(match["day"])
    else:
        raise _no_moment(text)
    try:
        return date(year, month, day), rest[match.end() :]
    except ValueError:
        raise UnclearTimeError(f"There is no day {match[0]}.") from None


def _numbers(match: re.Match[str], order: str) -> tuple[int, int, int]:
    """(year, month, day). Without a stated order only what can be read in one way is read."""
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    if len(match["a"]) == 4:
        return a, b, c
    if order == "ymd":
        raise UnclearTimeError(f"{match[0]} does not begin with a year.")
    year = c if len(match["c"]) == 4 else 2000 + c
    if order == "dmy" or (not order and (match["mark"] == "." or a > 12)):
        return year, b, a
    if order == "mdy" or b > 12 or a == b:
        return year, a, b
    raise UnclearTimeError(f"{match[0]} can be read in two ways. Choose the date format.")
