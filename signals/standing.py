"""How a signal stands: its last value against its normal range, or why there is none."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.utils import dateformat, timezone

from signals.models import RangeKind, Signal
from signals.samples import Bands, is_normal, written

OLD = timedelta(minutes=5)


class Standing(StrEnum):
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    KNOWN = "known"  # a value, and no normal range
    OLD = "old"  # the last value is old
    EMPTY = "empty"  # there was none
    WAITING = "waiting"  # not fetched yet
    SILENT = "silent"  # the source does not answer
    REFUSED = "refused"  # the source does not take the query


@dataclass(frozen=True)
class Told:
    """`words` is the state in a few words, `problem` the sentences on the chart; empty where there is none."""

    standing: Standing
    words: str
    problem: str = ""


def standing_of(
    signal: Signal, bands: Bands, last: tuple[float, float] | None, now: datetime, *, is_over: bool = False
) -> Told:
    """`last` is the newest sample, seconds and value; `is_over`: nothing more is fetched, so old values are right."""
    value = written(last[1], signal.unit) if last else ""
    if not is_over and signal.source.failing_since:
        return Told(Standing.SILENT, "Source does not answer", _silence(signal, last))
    if not is_over and signal.problem:
        since = f" Since {clock_of(signal.problem_since)}." if signal.problem_since else ""
        return Told(
            Standing.REFUSED, "Query not answered", f"{_sentence(signal.problem)}{since}{_last(signal, last)}"
        )
    if last is None:
        if signal.covered_until is None:
            words = "Not fetched" if is_over else "Being fetched"
            return Told(Standing.WAITING, words)
        return Told(Standing.EMPTY, "No value", f"{signal.source} has no value in these times.")
    if not is_over and now.timestamp() - last[0] > OLD.total_seconds():
        problem = (
            f"{signal.source} has had no value since {clock_of(moment_of(last[0]))}.{_last(signal, last)}"
        )
        return Told(Standing.OLD, "No new value", problem)
    normal = is_normal(bands, *last)
    if normal is None:
        return Told(Standing.KNOWN, value)
    return (
        Told(Standing.NORMAL, f"{value}, normal")
        if normal
        else Told(Standing.ABNORMAL, f"{value}, not normal")
    )


def range_words(signal: Signal, bands: Bands) -> str:
    """normal 0 to 1% · normal 300 to 600 ms, as the last 4 weeks · empty where no range is known."""
    if signal.range_kind == RangeKind.NONE:
        return ""
    if not bands:
        return "usual range not known yet"
    low, high = bands[-1].low, bands[-1].high
    if low is None:
        words = f"normal up to {written(high, signal.unit)}"
    elif high is None:
        words = f"normal from {written(low, signal.unit)}"
    else:
        words = f"normal {written(low, '')} to {written(high, signal.unit)}"
    return f"{words}, as the last 4 weeks" if signal.range_kind == RangeKind.USUAL else words


def _silence(signal: Signal, last: tuple[float, float] | None) -> str:
    source = signal.source
    words = f"{source} {source.problem or 'did not answer'}, {clock_of(source.failing_since)}."
    if source.failures > 1:
        words += f" {source.failures} attempts since then."
    if source.retry_at:
        words += f" Next attempt at {clock_of(source.retry_at)}."
    return words + _last(signal, last)


def _last(signal: Signal, last: tuple[float, float] | None) -> str:
    return f" Last value {written(last[1], signal.unit)} at {clock_of(moment_of(last[0]))}." if last else ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "…")) else f"{words}."


def moment_of(second: float) -> datetime:
    return datetime.fromtimestamp(second, timezone.get_current_timezone())


def clock_of(moment: datetime | None) -> str:
    """14:03 (13:03 UTC), with the day where it is another."""
    if moment is None:
        return "an unknown time"
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    form = "H:i" if local.date() == timezone.localdate() else "j M H:i"
    words = dateformat.format(local, form)
    return (
        f"{words} UTC"
        if local.utcoffset() == utc.utcoffset()
        else f"{words} ({dateformat.format(utc, 'H:i')} UTC)"
    )
