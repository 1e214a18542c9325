"""Are times read as a person means them?"""

import time

import pytest
import time_machine
import typer
from allclear_cli import times

NOON = "2026-03-01T12:00:00Z"


@pytest.fixture(autouse=True)
def _noon_in_london_is_seven_in_new_york(monkeypatch):
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "America/New_York")
        time.tzset()
        with time_machine.travel(NOON, tick=False):
            yield
    time.tzset()


@pytest.mark.parametrize(
    ("written", "past", "coming"),
    [
        ("15m", "2026-03-01T11:45:00Z", "2026-03-01T12:15:00Z"),
        ("2h", "2026-03-01T10:00:00Z", "2026-03-01T14:00:00Z"),
        ("06:30", "2026-03-01T11:30:00Z", "2026-03-02T11:30:00Z"),
        ("07:30", "2026-02-28T12:30:00Z", "2026-03-01T12:30:00Z"),
        ("2026-02-01T10:00+01:00", "2026-02-01T09:00:00Z", "2026-02-01T09:00:00Z"),
        ("2026-02-01T10:00", "2026-02-01T15:00:00Z", "2026-02-01T15:00:00Z"),
    ],
)
def test_a_time_that_was_and_one_that_comes(written, past, coming):
    assert (times.past(written), times.coming(written)) == (past, coming)


@pytest.mark.parametrize("written", ["soon", "25:00", "99999999d", "15 minutes", ""])
def test_others_are_refused(written):
    with pytest.raises(typer.BadParameter):
        times.past(written)
