"""Local times as instants: the one place that decides about repeated and skipped hours and about zone words."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

# Abbreviations that mean one offset wherever they are used. English words such as GET and ACT are not among them.
OFFSETS = {
    word: timedelta(minutes=60 * int(hours) + int(minutes or 0) * (-1 if hours.startswith("-") else 1))
    for word, hours, minutes in re.findall(
        r"([A-Z]{1,6})([+-]\d{1,2})(?::(\d{2}))?",
        "Z+0 UTC+0 GMT+0 WET+0 WEST+1 CET+1 CEST+2 MEZ+1 MESZ+2 MET+1 MEST+2 EET+2 EEST+3 MSK+3 SAMT+4 SAST+2 WAT+1 "
        "CAT+2 EAT+3 TRT+3 AZT+4 PKT+5 UZT+5 YEKT+5 NPT+5:45 OMST+6 NOVT+7 KRAT+7 ICT+7 WIB+7 IRKT+8 WITA+8 "
        "SGT+8 HKT+8 MYT+8 PHT+8 AWST+8 YAKT+9 WIT+9 JST+9 KST+9 ACST+9:30 ACDT+10:30 AEST+10 AEDT+11 VLAT+10 "
        "CHST+10 LHST+10:30 LHDT+11 SRET+11 MAGT+11 PETT+12 NZST+12 NZDT+13 CHAST+12:45 CHADT+13:45 HST-10 HDT-9 "
        "AKST-9 AKDT-8 PST-8 PDT-7 MST-7 MDT-6 CDT-5 EST-5 EDT-4 COT-5 PET-5 VET-4 BOT-4 CLT-4 CLST-3 BRT-3 BRST-2 "
        "ART-3 UYT-3 NST-3:30 NDT-2:30 AZOT-1 IRST+3:30 IRDT+4:30 IDT+3 MMT+6:30 BTT+6",
    )
}
SEVERAL = {"CST", "IST", "BST", "AST", "ADT", "AMT", "ECT", "GST", "WST"}
ZONES_OF_WORDS = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
ALSO_WORDS = {
    "west",
    "est",
    "wet",
    "met",
    "mest",
    "cat",
    "eat",
    "art",
    "pet",
    "vet",
    "wit",
    "cot",
    "bot",
    "z",
}
REGIONS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Etc", "Europe", "Indian",
           "Pacific", "US"}  # fmt: skip
ZONE_AFTER_TIME = re.compile(
    r"\s?\(?(?P<zone>[Zz]|[+-]\d{2}:?(?:00|15|30|45)|(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{2,5}"
    r"|[A-Z][A-Za-z]{1,20}/[A-Za-z_/+-]{1,40})\)?(?=$|[\s\]),;:|–-])"
)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FARTHEST = timedelta(days=3650)  # ahead of now


class UnclearTimeError(ValueError):
    """A written time that is no single instant; the message says why and how to write it.

    `readings` are the instants it may mean: two in an hour that was repeated, none in one that was skipped.
    """

    def __init__(self, words: str, readings: tuple[datetime, ...] = ()) -> None:
        super().__init__(words)
        self.readings = readings


def is_sensible(moment: datetime) -> bool:
    """Whether the year is no slip. Some others could be stored, but not shown in every zone again."""
    return EARLIEST <= moment <= datetime.now(UTC) + FARTHEST


def readings(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """The instants, in UTC, at which clocks in `zone` showed `wall`: one, two where the clocks went back, or none."""
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = wall.replace(fold=0)
    return tuple(sorted(at for at in found if at.astimezone(zone).replace(tzinfo=None, fold=0) == shown))


def at_local(wall: datetime, zone: tzinfo, *, reading: str = "") -> datetime:
    """The instant at which clocks in `zone` showed `wall`. Raises UnclearTimeError where there are two or none.

    `reading` is the offset somebody has chosen, “+02:00”: it decides between two.
    """
    try:
        found = readings(wall, zone)
    except OverflowError:
        raise UnclearTimeError("Check the year.") from None
    chosen = [at for at in found if len(found) == 1 or offset(at, zone) == reading]
    if chosen:
        return chosen[0]
    shown = f"{wall:%H:%M} on {wall.day} {wall:%B %Y}"
    if not found:
        raise UnclearTimeError(f"{shown} does not exist in {zone}: the clocks went forward.")
    first, second = (offset(at, zone) for at in found)
    raise UnclearTimeError(
        f"{shown} was twice in {zone}: the clocks went back. Write {first} or {second} behind it.", found
    )


def offset(at: datetime, zone: tzinfo) -> str:
    """“+02:00”: what clocks in `zone` are ahead of UTC at that instant."""
    return at.astimezone(zone).isoformat()[-6:]


def choices_of(found: tuple[datetime, ...], zone: tzinfo) -> list[tuple[str, str]]:
    """(“+02:00”, “02:30:00 CEST, 00:30:00 UTC”) of each reading, for people to choose from."""
    return [
        (offset(at, zone), f"{at.astimezone(zone):%H:%M:%S %Z}, {at.astimezone(UTC):%H:%M:%S} UTC")
        for at in found
    ]


def first_moment(day: date, zone: tzinfo) -> datetime:
    """The first instant of `day` in `zone`, also where midnight was skipped or repeated."""
    wall = datetime.combine(day, time())
    for minutes in range(0, 24 * 60, 15):
        if found := readings(wall + timedelta(minutes=minutes), zone):
            return found[0]
    raise UnclearTimeError(f"{day} does not exist in {zone}.")


def zone_named(word: str) -> tzinfo | None:
    """The zone that `word` names: Z, UTC, +02:00, CEST, Europe/Berlin; None where it is no zone.

    Raises UnclearTimeError for a word that stands for several zones, or for none although it looks like one.
    """
    upper = word.upper()
    if not word.isupper() and word.casefold() in ALSO_WORDS:
        return None
    if upper in SEVERAL and (word.isupper() or len(word) > 3):
        raise UnclearTimeError(f"{word} stands for several zones. Write UTC or an offset such as +01:00.")
    if upper in OFFSETS:
        return timezone(OFFSETS[upper])
    if word in ZONES_OF_WORDS:
        return ZoneInfo(ZONES_OF_WORDS[word])
    if match := re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", word):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 14 * 60 or int(match[3] or 0) > 59:
            raise UnclearTimeError(f"{word} is no offset from UTC.")
        return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    if re.fullmatch(r"[A-Z][A-Za-z]+(?:/[A-Za-z_+-]+){1,2}", word):
        try:
            return ZoneInfo(word)
        except (KeyError, ValueError, OSError):
            if word.partition("/")[0] in REGIONS:
                raise UnclearTimeError(f"{word} is not a known time zone.") from None
    return None


def zone_after(text: str) -> tuple[tzinfo | None, str]:
    """The zone that stands at the beginning of `text`, right behind a time, and what follows it."""
    match = ZONE_AFTER_TIME.match(text)
    named = zone_named(match["zone"]) if match else None
    return (named, text[match.end() :]) if match and named else (None, text)
