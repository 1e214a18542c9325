"""Does a question that takes too long say so, while the others are answered?"""

import threading

import pytest
from django.db import connection, connections

from insights import time_limit

TAKES_TOO_LONG = "This takes too long"


@pytest.fixture
def status_periods_are_locked(transactional_db):
    """By somebody else, until the test is over."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE incidents_statusperiod IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait(60)
            cursor.execute("ROLLBACK")
        connections["default"].close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    yield
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


def test_the_limit_ends_with_the_answer(db, reader):
    reader.get("/insights/time/")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
