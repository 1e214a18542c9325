"""Does a question that takes too long say so, while the others are answered?"""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from incidents.models import Incident
from insights import time_limit

TAKES_TOO_LONG = "This takes too long"


@pytest.fixture
def status_periods_are_locked(transactional_db):
    with _locked("incidents_statusperiod"):
        yield


@pytest.fixture
def affected_services_are_locked(transactional_db):
    with _locked("incidents_affectedservice"):
        yield


@contextmanager
def _locked(table: str):
    """By somebody else, until the test is over."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait(60)
            cursor.execute("ROLLBACK")
        connections["default"].close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    try:
        yield
    finally:
        done.set()
        holder.join(30)


@pytest.fixture
def reader(client, commander):
    client.force_login(commander)
    return client


def test_it_says_so_and_the_others_are_answered(status_periods_are_locked, reader, monkeypatch):
    monkeypatch.setattr(time_limit, "SECONDS", 1)
    own = reader.get("/insights/time/")
    assert own.status_code == 200
    assert TAKES_TOO_LONG in own.text
    assert "choose a shorter period" in own.text.lower()
    assert TAKES_TOO_LONG not in reader.get("/insights/promises/").text


def test_a_part_of_the_page_over_time_says_so(past, affected_services_are_locked, reader, monkeypatch):
    past(resolved=10)
    monkeypatch.setattr(time_limit, "SECONDS", 1)
    page = reader.get("/insights/over-time/?split=service").text
    assert TAKES_TOO_LONG in page
    assert "1 incident," in page


@pytest.mark.parametrize("address", ["over-time.csv?split=service", "missing-times/"])
def test_what_has_no_other_place_says_so_on_a_page(
    past, affected_services_are_locked, reader, monkeypatch, address
):
    past(resolved=10, source=Incident.Source.IMPORT, closed=20)
    monkeypatch.setattr(time_limit, "SECONDS", 1)
    answer = reader.get(f"/insights/{address}")
    assert answer.status_code == 503
    assert TAKES_TOO_LONG in answer.text


def test_the_limit_ends_with_the_answer(db, reader):
    reader.get("/insights/time/")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
