"""Whatever a source answers: values, or a sentence for people, and never anything else?"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import isfinite

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from figures import signal as drawing
from signals.charts import chart_of
from signals.models import DataSource, Signal
from signals.samples import short, usual_range, written
from signals.sources.dialects import fetch
from signals.sources.values import (
    LARGEST,
    UnreadableError,
    decoded,
    number_of,
    points_of,
    reason_in,
    result_of,
    second_of,
    single_series,
)
from tests.signals.conftest import matrix

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
START, END = NOW - timedelta(hours=3), NOW
NOON = NOW.timestamp()
calmly = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["NaN", "+Inf", "-Inf", "1e999", "9" * 5000, "success", "matrix"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(
        st.sampled_from(["status", "data", "resultType", "result", "values", "metric", "error", "x"]), inner, max_size=5
    ),
    max_leaves=30,
)  # fmt: skip


@calmly
@given(anything)
@example({"status": "success", "data": {"resultType": "matrix", "result": [{"values": [[NOON, "NaN"]]}]}})
@example({"data": {"resultType": "matrix", "result": [{}]}})
@example({"data": {"resultType": "matrix", "result": [{"values": [[1e308, 1e308], [NOON, [1]], [True, 1]]}]}})
def test_any_json_gives_finite_numbers_or_a_sentence(answer):
    points = {}
    with suppress(UnreadableError):
        points = single_series(result_of(answer, "matrix"), START, END)
    assert all(isfinite(value) and abs(value) <= LARGEST for value in points.values())
    assert all(START.timestamp() - 120 <= second <= END.timestamp() + 60 for second in points)


@calmly
@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"a": ' * 50_000)
@example(b"[1e999, NaN, -Infinity, " + b"9" * 5000 + b"]")
@example(b"\xff\xfe")
def test_any_bytes_are_json_or_are_not(body):
    with suppress(UnreadableError):
        decoded(body)
    assert len(reason_in(body)) <= 200


@calmly
@given(anything)
def test_any_value_is_a_number_or_none(value):
    number, second = number_of(value), second_of(value)
    assert number is None or isfinite(number)
    assert second is None or isfinite(second)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0.5", 0.5),
        (3, 3.0),
        ("NaN", None),
        ("+Inf", None),
        (None, None),
        (True, None),
        (1e300, LARGEST),
        ([], None),
    ],
)
def test_numbers(value, number):
    assert number_of(value) == number


@pytest.mark.parametrize(
    "told", [NOON, NOON * 1e3, NOON * 1e6, NOON * 1e9, "2026-03-04T12:00:00Z", str(int(NOON))]
)
def test_times_of_all_sizes(told):
    assert second_of(told) == pytest.approx(NOON, abs=1)


def test_the_last_value_of_a_minute_counts():
    assert points_of([[NOON + 50, 2], [NOON - 10, 1], [NOON - 40, 5]], START, END) == {
        int(NOON): 2.0,
        int(NOON) - 60: 1.0,
    }


def test_values_of_other_times_are_left_out():
    assert points_of([[NOON - 86400, 1], [NOON + 86400, 1], [0, 1]], START, END) == {}


def test_several_lines_are_refused_with_the_way_out():
    with pytest.raises(UnreadableError, match=r"answers 2 lines.*sum"):
        single_series(matrix([(NOON, 1)], [(NOON, 2)])["data"]["result"], START, END)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"resultType": "streams", "result": []}, "count_over_time"),
        ({"resultType": "matrix", "result": [{"histograms": []}]}, "histogram_quantile"),
        ({"resultType": "vector", "result": []}, "no matrix"),
    ],
)
def test_answers_that_are_no_line_say_what_to_do(data, words):
    with pytest.raises(UnreadableError, match=words):
        single_series(result_of({"status": "success", "data": data}, "matrix"), START, END)


def test_loki_is_asked_in_its_own_words(prometheus):
    prometheus.answer = matrix([(NOON, "4")])
    found = fetch(DataSource(kind="loki", url=prometheus.url), query="sum(x)", start=START, end=END)
    assert found == {int(NOON): 4.0}
    (request,) = prometheus.requests
    assert (request.path, request.asked["step"]) == ("/loki/api/v1/query_range", "60s")


@pytest.mark.parametrize("base", ["", "/", "/prometheus", "/api/v1/"])
def test_mimir_and_others_below_a_path(prometheus, base):
    prometheus.answer = matrix([(NOON, "4")])
    fetch(DataSource(kind="prometheus", url=prometheus.url + base), query="up", start=START, end=END)
    assert prometheus.requests[0].path == base.rstrip("/").removesuffix("/api/v1") + "/api/v1/query_range"


@pytest.mark.parametrize(
    ("answer", "path", "points"),
    [
        ({"a": [[NOON, 3], [NOON - 60, "4"]]}, "a", {int(NOON): 3.0, int(NOON) - 60: 4.0}),
        ({"a": [{"t": "2026-03-04T12:00:00Z", "v": 5}]}, "a[].[t, v]", {int(NOON): 5.0}),
    ],
)
def test_a_json_address_with_times(prometheus, answer, path, points):
    prometheus.answer = answer
    source = DataSource(kind="json", url=prometheus.url)
    found = fetch(source, query=path, path="/stats?from={start}&step={step}", start=START, end=END)
    assert found == points
    assert prometheus.requests[0].asked == {"from": str(int(START.timestamp())), "step": "60"}


def test_a_json_address_with_the_value_now(prometheus):
    prometheus.answer = {"queue": {"length": 12}}
    found = fetch(DataSource(kind="json", url=prometheus.url), query="queue.length", start=START, end=END)
    assert list(found.values()) == [12.0]


@pytest.mark.parametrize("query", ["missing", "queue", "length(queue.length)", "abs(queue)"])
def test_a_path_that_finds_no_number_is_a_sentence(prometheus, query):
    prometheus.answer = {"queue": {"length": 12}}
    with pytest.raises(UnreadableError, match="JMESPath"):
        fetch(DataSource(kind="json", url=prometheus.url), query=query, start=START, end=END)


@calmly
@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.floats(-LARGEST, LARGEST)),
        max_size=60,
        unique_by=lambda pair: pair[0],
    ),
    st.none() | st.floats(-LARGEST, LARGEST),
)
@example([(0, 1e15), (1, -1e15)], 0.0)
@example([(0, 0.0)], None)
@example([(n, 1e-300) for n in range(5)], 1e-300)
def test_whatever_is_stored_can_be_drawn(pairs, high):
    signal = Signal(
        pk=1, name="<b>Errors", unit="%", source=DataSource(name="P"), range_kind="fixed", high=high
    )
    points = {int(START.timestamp()) + 60 * minute: value for minute, value in pairs}
    bands = [drawing.Normal(START.timestamp(), END.timestamp(), None, high)] if high is not None else []
    line = drawing.Line("x", "<b>", START.timestamp(), END.timestamp(), sorted(points.items()), bands, short)
    for width in drawing.WIDTHS:
        drawn = drawing.chart(line, [drawing.Mark(NOON - 60, "<b>Deploy", "change")], width, str)
        assert "nan" not in drawn
        assert "inf" not in drawn.replace("inform", "")
        assert "<b>" not in drawn
    assert chart_of(signal, points, [], [], (START, END), NOW).picture


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.4123, "%", "0.412%"), (470, "ms", "470 ms"), (12_345, "", "12.3k"), (999_999, "", "1000k"),
        (4.2e9, "B", "4.2G B"), (0, "%", "0%"), (-3.5, "", "-3.5"), (None, "%", "no value"), (1e-9, "s", "1.0e-09 s"),
    ],
)  # fmt: skip
def test_values_are_written_short(value, unit, words):
    assert written(value, unit) == words


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ([[1, 2], [3, 4], [2, 3], [90, 99]], (2, 4)),
        ([[1, 2], [3, 4]], (1, 4)),
        ([[1, 2], [], [], []], None),
        ([], None),
    ],
)
def test_the_usual_range_leaves_out_a_week_with_an_incident(weeks, expected):
    assert usual_range(weeks) == expected
