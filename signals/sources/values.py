"""What sources answer, read without trust: anything may be missing, huge, or of another type."""

import json
from datetime import datetime
from math import isfinite
from typing import Any

from django.utils.dateparse import parse_datetime

LARGEST = 1e15
"""Values beyond it are taken for it: nothing that is measured needs more, and figures must be drawn."""
LONGEST_REASON = 200  # characters of what a source says is wrong
STEP = 60  # seconds

Points = dict[int, float]
"""By the second that begins a minute, since 1970, the last value of that minute."""


class UnreadableError(Exception):
    """The source answered, and not what is needed. The message is a sentence for people."""


class SilentError(Exception):
    """The source cannot be asked at all. The message is a sentence for people, after its name: “did not answer”."""


def decoded(body: bytes) -> Any:
    """JSON, whatever numbers are in it. Raises UnreadableError."""
    try:
        return json.loads(body, parse_constant=lambda _word: None)
    except (ValueError, RecursionError) as fault:
        raise UnreadableError("The answer is no JSON.") from fault


def number_of(value: Any) -> float | None:
    """A finite number, also written as text; None for NaN, infinities and everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return max(-LARGEST, min(LARGEST, number)) if isfinite(number) else None


def second_of(value: Any) -> float | None:
    """A time as seconds since 1970: a number of seconds, milliseconds, micro- or nanoseconds, or RFC 3339."""
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        try:
            moment = parse_datetime(value[:40])
        except ValueError:
            return None
        return moment.timestamp() if moment and moment.tzinfo else None
    number = number_of(value)
    if number is None or number < 0:
        return None
    for limit, factor in ((1e11, 1), (1e14, 1e3)):
        if number < limit:
            return number / factor
    written = float(value)  # beyond what `number_of` lets through
    return written / (1e6 if written < 1e17 else 1e9)


def points_of(pairs: Any, start: datetime, end: datetime) -> Points:
    """Of [time, value] pairs those between the two times; what is no pair of numbers is a minute without one."""
    first, last = start.timestamp() - STEP, end.timestamp() + STEP
    found: dict[int, tuple[float, float]] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if not isinstance(pair, list) or len(pair) != 2:
            continue
        second, value = second_of(pair[0]), number_of(pair[1])
        if second is None or value is None or not first <= second <= last:
            continue
        minute = int(second // STEP * STEP)
        if minute not in found or found[minute][0] <= second:
            found[minute] = (second, value)
    return {minute: value for minute, (_second, value) in found.items()}


def single_series(result: Any, start: datetime, end: datetime) -> Points:
    """Of the result of a matrix, which Prometheus and Loki answer alike: none or one line. Raises UnreadableError."""
    if not isinstance(result, list):
        raise UnreadableError("The answer has no list of results.")
    if len(result) > 1:
        raise UnreadableError(
            f"The query answers {len(result)} lines. A signal is one: aggregate them, for example with sum( … )."
        )
    if not result:
        return {}
    line = result[0]
    if not isinstance(line, dict):
        raise UnreadableError("The answer has no values.")
    if "values" not in line and "histograms" in line:
        raise UnreadableError("The query answers histograms. Use histogram_quantile( … ) for one number.")
    return points_of(line.get("values"), start, end)


def result_of(answer: Any, wanted: str) -> Any:
    """What stands in the envelope that Prometheus and Loki share. Raises UnreadableError."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise UnreadableError("The answer is not one of this kind of source.")
    kind = data.get("resultType")
    if kind == "streams":
        raise UnreadableError(
            "The query answers log lines. Count them, for example with sum(count_over_time( … [1m]))."
        )
    if kind != wanted:
        raise UnreadableError(f"The answer has no {wanted}.")
    return data.get("result")


def reason_in(body: bytes) -> str:
    """Why a source refuses something, in its own words: `error` of Prometheus, `message` of Alertmanager, or a text."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = body.decode("utf-8", "replace")
    told = answer.get("error", answer.get("message")) if isinstance(answer, dict) else answer
    if not isinstance(told, str):
        return ""
    # JSON can name half a pair of surrogates, which no database takes.
    words = " ".join(told.replace("\0", "").encode("utf-8", "replace").decode().split())
    return words[: LONGEST_REASON - 1] + "…" if len(words) > LONGEST_REASON else words
