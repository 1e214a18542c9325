"""On the nights when the clocks change, is an update owed after as many minutes as on any other, and said so?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines
from django.utils import timezone

from audit import context
from incidents.tasks import send_due_update_reminders
from incidents.workflow import declare_incident, snooze_update
from notifications.models import OutboxMessage

# zone, declared (UTC), local time of the declaration, local time of the due time 15 minutes later
NIGHTS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 0, 50, tzinfo=UTC), "01:50", "03:05"),
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 50, tzinfo=UTC), "02:50", "02:05"),
    ("America/New_York", datetime(2026, 3, 8, 6, 50, tzinfo=UTC), "01:50", "03:05"),
    ("America/New_York", datetime(2026, 11, 1, 5, 50, tzinfo=UTC), "01:50", "01:05"),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 50, tzinfo=UTC), "01:50", "01:35"),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 20, tzinfo=UTC), "01:50", "02:35"),
]


def shown(moment: datetime) -> str:
    return engines["django"].from_string("{% moment at %}").render({"at": moment})


@pytest.mark.parametrize(("zone", "declared", "then", "due_locally"), NIGHTS)
def test_fifteen_minutes_are_fifteen_minutes(commander, severity, zone, declared, then, due_locally):
    with timezone.override(zone):
        with context.at(declared):
            incident = declare_incident(by=commander, title="x", severity=severity(2))
        due = incident.update_schedules.get(audience="stakeholders").due_at
        assert due == declared + timedelta(minutes=15)
        assert f"{then} " in shown(declared)
        assert f"{due_locally} " in shown(due)
        assert f"{due:%H:%M} UTC)" in shown(due)


@pytest.mark.parametrize(("zone", "declared", "then", "due_locally"), NIGHTS)
def test_each_step_comes_once_that_night(commander, severity, zone, declared, then, due_locally):
    with timezone.override(zone):
        with context.at(declared):
            incident = declare_incident(by=commander, title="x", severity=severity(2))
        for minute in range(120):
            with context.at(declared + timedelta(minutes=minute)):
                send_due_update_reminders()
    steps = incident.reminders.filter(about="stakeholders").values_list("recorded_at", "step")
    assert [((at - declared).seconds // 60, step) for at, step in steps.order_by("recorded_at")] == [
        (10, -5), (15, 0), (20, 5), (30, 15),
    ]  # fmt: skip
    assert OutboxMessage.objects.filter(topic="reminder.due").exists()


def test_a_promise_names_both_times(commander, severity, readers):
    """02:10 exists twice that night in Berlin; UTC beside it says which."""
    zone, declared, _, _ = NIGHTS[1]
    with timezone.override(zone), context.at(declared):
        incident = declare_incident(by=commander, title="x", severity=severity(2))
        until = declared + timedelta(minutes=20)
        snooze_update(incident=incident, audience="public", until=until, reason="so", by=commander)
    text = incident.timeline.get(data__has_key="snooze").text
    assert "25 Oct 2026 02:10 (01:10 UTC)" in text
    assert "25 Oct 2026 02:05 (01:05 UTC)" in text
