"""How each kind of source is asked, and what is read from its answer.

Sources: https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries, which Thanos, Mimir and
VictoriaMetrics answer as well; https://grafana.com/docs/loki/latest/reference/loki-http-api/;
https://jmespath.org/specification.html
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from core.jmespaths import ExpressionError, search
from signals.models import DataSource, SourceKind
from signals.sources.alertmanager import check_status
from signals.sources.client import get
from signals.sources.values import (
    STEP,
    Points,
    UnreadableError,
    decoded,
    number_of,
    points_of,
    result_of,
    single_series,
)

MOST_POINTS = timedelta(seconds=STEP * 10_000)
"""Prometheus answers at most 11,000 points at a time."""


def fetch(source: DataSource, *, query: str, path: str = "", start: datetime, end: datetime) -> Points:
    """The values of a query in these times. Raises SilentError or UnreadableError."""
    return FETCH[SourceKind(source.kind)](source, query, path, max(start, end - MOST_POINTS), end)


def probe(source: DataSource) -> None:
    """Whether it answers as its kind does. Raises SilentError or UnreadableError."""
    if source.kind == SourceKind.PROMETHEUS:
        result_of(decoded(get(source, _prometheus(source, "query"), {"query": "1"})), "scalar")
    elif source.kind == SourceKind.LOKI:
        answer = decoded(get(source, _loki(source, "labels"), {}))
        if not isinstance(answer, dict) or answer.get("status") != "success":
            raise UnreadableError("The answer is not one of Loki.")
    elif source.kind == SourceKind.ALERTMANAGER:
        check_status(source)
    else:
        decoded(get(source, source.url, {}))


def _prometheus(source: DataSource, what: str) -> str:
    return f"{source.url.rstrip('/').removesuffix('/api/v1')}/api/v1/{what}"


def _loki(source: DataSource, what: str) -> str:
    return f"{source.url.rstrip('/').removesuffix('/loki/api/v1')}/loki/api/v1/{what}"


def _of_prometheus(source: DataSource, query: str, path: str, start: datetime, end: datetime) -> Points:
    asked = {"query": query, "start": _second(start), "end": _second(end), "step": STEP}
    answer = decoded(get(source, _prometheus(source, "query_range"), asked))
    return single_series(result_of(answer, "matrix"), start, end)


def _of_loki(source: DataSource, query: str, path: str, start: datetime, end: datetime) -> Points:
    asked = {"query": query, "start": _second(start), "end": _second(end), "step": f"{STEP}s"}
    answer = decoded(get(source, _loki(source, "query_range"), asked))
    return single_series(result_of(answer, "matrix"), start, end)


def _of_json(source: DataSource, query: str, path: str, start: datetime, end: datetime) -> Points:
    """A number is the value now; a list of [time, value] pairs is more."""
    answer = decoded(get(source, address(source.url, path, start, end), {}))
    try:
        found = search(query, answer)
    except ExpressionError as fault:
        raise UnreadableError("The JMESPath cannot be used on the answer.") from fault
    if isinstance(found, list):
        return points_of(found, start, end)
    number = number_of(found)
    if number is None:
        raise UnreadableError(
            "The JMESPath finds no number. It must find a number, or a list of [time, value] pairs."
        )
    return {_second(datetime.now(UTC)) // STEP * STEP: number}


def address(base: str, path: str, start: datetime, end: datetime) -> str:
    """`base` and `path`, with {start}, {end} and {step} filled in: seconds since 1970, and of one step."""
    for name, value in (("start", _second(start)), ("end", _second(end)), ("step", STEP)):
        path = path.replace(f"{{{name}}}", str(value))
    if path and not path.startswith(("/", "?")):
        raise UnreadableError("What follows the address begins with / or with ?.")
    whole = base.rstrip("/") + path if path.startswith("/") else base + path
    if urlsplit(whole).netloc != urlsplit(base).netloc:
        raise UnreadableError("What follows the address must not change its server.")
    return whole


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


Fetch = Callable[[DataSource, str, str, datetime, datetime], Points]
FETCH: dict[SourceKind, Fetch] = {
    SourceKind.PROMETHEUS: _of_prometheus,
    SourceKind.LOKI: _of_loki,
    SourceKind.JSON: _of_json,
}
