"""Is what charts lack fetched by workers, each source by itself, and only while somebody looks?"""

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Service
from signals.models import DataSource, Look, SampleHour, Signal
from signals.samples import read_samples
from signals.workflow import add_data_source, add_signal
from signals.workflow.looking import note_look
from signals.workflow.refreshing import next_refresh_at, refresh_due_signals
from tests.signals.conftest import matrix, minutes_ago


@pytest.fixture
def looked_at(hit, signal):
    note_look(hit, None)
    return hit


def stored(signal) -> dict[int, float]:
    now = timezone.now()
    return read_samples([signal], now - timedelta(hours=4), now).get(signal.pk, {})


def test_nothing_is_asked_while_nobody_looks(hit, signal, prometheus):
    assert next_refresh_at() is None
    assert refresh_due_signals() is False
    assert prometheus.requests == []


def test_from_an_hour_before_the_impact(looked_at, signal, prometheus):
    assert next_refresh_at() <= timezone.now()
    assert refresh_due_signals()
    (request,) = prometheus.requests
    assert request.path == "/api/v1/query_range"
    assert (request.asked["query"], request.asked["step"]) == (signal.query, "60")
    asked = float(request.asked["end"]) - float(request.asked["start"])
    assert 3600 <= asked <= 3720
    assert len(stored(signal)) >= 60
    signal.refresh_from_db()
    assert signal.last_value == 1.0


def test_then_only_the_newest(looked_at, signal, prometheus):
    refresh_due_signals()
    later = timezone.now() + timedelta(minutes=1, seconds=1)
    assert refresh_due_signals(later)
    first, second = prometheus.requests
    assert float(second.asked["start"]) > float(first.asked["start"]) + 3000


def test_until_nobody_has_looked_for_ten_minutes(looked_at, prometheus, signal):
    refresh_due_signals()
    assert next_refresh_at() is not None
    refresh_due_signals(timezone.now() + timedelta(minutes=11))
    assert next_refresh_at() is None


def test_not_after_the_incident(looked_at, prometheus, signal):
    looked_at.status = "closed"
    looked_at.save()
    refresh_due_signals()
    assert not Look.objects.exists()


def test_a_source_that_refuses_connections_is_said_and_asked_less_and_less(looked_at, signal, prometheus):
    prometheus.close()
    refresh_due_signals()
    source = DataSource.objects.get()
    assert source.problem == "cannot be reached"
    assert source.failures == 1
    later = source.retry_at + timedelta(seconds=1)
    Look.objects.update(refresh_at=later, looked_at=later)
    refresh_due_signals(later)
    source.refresh_from_db()
    assert source.failures == 2
    assert source.retry_at - timezone.now() > timedelta(seconds=100)


def test_one_source_that_is_dead_stops_no_other(admin, looked_at, signal, prometheus, service):
    dead = add_data_source(by=admin, name="Dead", kind="prometheus", url="http://127.0.0.1:9")
    add_signal(by=admin, service=service, name="Latency", source=dead, query="latency", unit="ms")
    refresh_due_signals()
    assert DataSource.objects.get(name="Dead").failing_since
    assert DataSource.objects.get(name="Prometheus eu-1").answered_at
    assert stored(signal)


def test_a_query_that_is_refused_stops_no_other_of_its_source(admin, looked_at, signal, prometheus):
    prometheus.status, prometheus.answer = 400, {"status": "error", "error": "parse error at char 3"}
    refresh_due_signals()
    signal.refresh_from_db()
    assert signal.problem == "The query was refused: parse error at char 3"
    assert DataSource.objects.get().failing_since is None


def test_what_a_source_says_is_stored_whatever_is_in_it(looked_at, signal, prometheus):
    prometheus.status, prometheus.answer = (
        400,
        rb'{"status": "error", "error": "parse error at \ud800\u0000"}',
    )
    refresh_due_signals()
    signal.refresh_from_db()
    assert signal.problem == "The query was refused: parse error at ?"


def test_no_number_is_a_gap(looked_at, signal, prometheus):
    prometheus.answer = matrix([(minutes_ago(4), "NaN"), (minutes_ago(3), "+Inf"), (minutes_ago(2), "7")])
    refresh_due_signals()
    assert stored(signal) == {int(minutes_ago(2)): 7.0}


@pytest.mark.django_db(transaction=True)
def test_what_came_for_the_old_query_is_not_stored(looked_at, signal, prometheus):
    def change(_second):
        with closing(connection):  # of the thread that answers
            Signal.objects.update(query="other")
        return 1.0

    prometheus.value = change
    refresh_due_signals()
    assert not SampleHour.objects.exists()


def test_the_same_hour_of_earlier_weeks(admin, looked_at, signal, prometheus):
    Signal.objects.update(range_kind="usual", low=None, high=None)
    week = 7 * 86400
    begun = minutes_ago(0)
    prometheus.value = lambda second: 100 + 10 * round((begun - second) / week)
    refresh_due_signals()
    ranges = set(signal.usual.values_list("low", "high"))
    assert ranges == {(120.0, 130.0)}
    asked = len(prometheus.requests)
    refresh_due_signals(timezone.now() + timedelta(minutes=1, seconds=1))
    assert len(prometheus.requests) <= asked + 5  # at most once more, where an hour has begun


@pytest.mark.parametrize(("status", "told"), [(422, "The query was refused: too long ago"), (503, "")])
def test_values_stay_where_earlier_weeks_are_not_answered(looked_at, signal, prometheus, status, told):
    Signal.objects.update(range_kind="usual", low=None, high=None)
    answer = prometheus.body_for

    def only_lately(path, asked):
        is_old = float(asked["start"]) < minutes_ago(5 * 24 * 60)
        prometheus.status = status if is_old else 200
        return b'{"status": "error", "error": "too long ago"}' if is_old else answer(path, asked)

    prometheus.body_for = only_lately
    refresh_due_signals()
    assert len(stored(signal)) >= 60
    signal.refresh_from_db()
    assert signal.problem == told
    assert DataSource.objects.get().problem == ("answered 503" if status == 503 else "")


def test_two_workers_lock_signals_in_the_same_order(admin, looked_at, signal, source, service, prometheus):
    """Else each could wait for the other."""
    add_signal(by=admin, service=service, name="Lag", source=source, query="lag")
    Signal.objects.filter(pk=signal.pk).update(covered_until=timezone.now() - timedelta(minutes=2))
    with CaptureQueriesContext(connection) as seen:
        refresh_due_signals()
    assert [request.asked["query"] for request in prometheus.requests] == ["lag", signal.query]
    locked = [
        query["sql"]
        for query in seen.captured_queries
        if 'FOR NO KEY UPDATE OF "signals_signal"' in query["sql"]
    ]
    assert [signal.query in sql for sql in locked] == [True, False]


def test_services_that_are_not_affected_are_not_asked_for(admin, looked_at, signal, source, prometheus):
    other = Service.objects.create(name="search", slug="search")
    add_signal(by=admin, service=other, name="Lag", source=source, query="lag")
    refresh_due_signals()
    assert {request.asked["query"] for request in prometheus.requests} == {signal.query}
