from datetime import UTC, date, datetime, timedelta

import pytest

from audit import context
from incidents.workflow import declare_incident
from notifications.models import OutboxMessage
from notifications.workflow.expanding import expand_next_event
from retros.models import DueReminder, Retrospective
from retros.workflow import start_retrospective
from retros.workflow.due import remind_of_due
from subscribers.models import Notice

DUE = date(2026, 12, 10)


@pytest.fixture
def due(retrospective, responder):
    Retrospective.objects.update(due_on=DUE, facilitator=responder)
    return Retrospective.objects.get()


def _sweep(day: date) -> list[dict]:
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    with context.at(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)):
        while remind_of_due():
            pass
    new = OutboxMessage.objects.filter(topic="retrospective.due").exclude(pk__in=before)
    return [m.payload for m in new]


def test_each_step_once_and_later_more_people(due, commander, responder):
    said = {days: _sweep(DUE + timedelta(days=days)) for days in (-3, -2, -1, 0, 1, 2, 3, 4)}
    assert {days: [p["says"] for p in payloads] for days, payloads in said.items() if payloads} == {
        -2: ["due in 2 days"],
        0: ["due today"],
        1: ["1 day overdue"],
        3: ["3 days overdue"],
    }
    assert said[1][0]["recipients"] == [commander.pk]
    assert said[3][0]["recipients"] == sorted([commander.pk, responder.pk])
    assert DueReminder.objects.count() == 4


def test_missed_steps_are_told_in_one(due):
    assert [p["says"] for p in _sweep(DUE + timedelta(days=3))] == ["3 days overdue"]
    assert DueReminder.objects.count() == 4
    assert _sweep(DUE + timedelta(days=3)) == []


def test_another_day_is_reminded_of_anew(due):
    _sweep(DUE)
    Retrospective.objects.update(due_on=DUE + timedelta(days=10))
    assert [p["says"] for p in _sweep(DUE + timedelta(days=8))] == ["due in 2 days"]


def test_never_once_published(due):
    Retrospective.objects.update(status="published")
    assert _sweep(DUE) == []


def test_what_was_told_and_is_not_true_any_more_is_not_delivered(due, commander):
    _sweep(DUE)
    Retrospective.objects.update(due_on=DUE + timedelta(days=30))
    while expand_next_event():
        pass
    assert not Notice.objects.filter(title__contains="due").exists()


def test_one_sweep_asks_once_however_many_wait(due, commander, severity, django_assert_num_queries):
    for number in range(4):
        other = declare_incident(by=commander, title=f"{number}", severity=severity(2))
        start_retrospective(incident=other, by=commander, owner=commander)
    Retrospective.objects.update(due_on=DUE)
    assert len(_sweep(DUE)) == 5
    with context.at(datetime.combine(DUE, datetime.min.time(), UTC)), django_assert_num_queries(3):
        assert not remind_of_due(), "told all of them; a savepoint around one query"
