"""Times as people write them: 14:03, 15m, 2026-03-01T14:03Z; and as people read them."""

import re
from datetime import UTC, datetime, timedelta

import typer

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
HOW = "Write it like 14:03, 15m or 2026-03-01T14:03Z."


def past(written: str) -> str:
    """RFC 3339: `15m` is 15 minutes ago, `14:03` the last time it was 14:03 here."""
    return _moment(written, sign=-1)


def coming(written: str) -> str:
    """RFC 3339: `15m` is in 15 minutes, `14:03` the next time it is 14:03 here."""
    return _moment(written, sign=1)


def now() -> str:
    return _rfc3339(datetime.now(UTC))


def _moment(written: str, *, sign: int) -> str:
    here = datetime.now().astimezone()
    text = written.strip()
    if found := re.fullmatch(r"(\d{1,5})\s*([mhd])", text):
        return _rfc3339(here + sign * timedelta(**{UNITS[found[2]]: int(found[1])}))
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            hour, minute = map(int, text.split(":"))
            return _rfc3339(_next_or_last(here, hour, minute, sign))
        return _rfc3339(datetime.fromisoformat(text).astimezone())
    except (ValueError, OverflowError) as fault:
        raise typer.BadParameter(f"“{written}” is not a time. {HOW}") from fault


def _next_or_last(here: datetime, hour: int, minute: int, sign: int) -> datetime:
    """Without an offset in between, so that the time of day is the one here on that day."""
    plain = here.replace(tzinfo=None)
    found = plain.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if (sign > 0 and found <= plain) or (sign < 0 and found > plain):
        found += sign * timedelta(days=1)
    return found.astimezone()


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def shown(written: str | None) -> str:
    """A time of the API, in the time zone of this computer."""
    return datetime.fromisoformat(written).astimezone().strftime("%Y-%m-%d %H:%M %Z") if written else ""


def age(written: str | None) -> str:
    """How long ago, in one unit: 12 min, 3 h, 2 d."""
    if not written:
        return ""
    minutes = int((datetime.now(UTC) - datetime.fromisoformat(written)).total_seconds() // 60)
    if minutes < 60:
        return f"{max(0, minutes)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
