"""Is it told rightly how well updates were kept: on time, overdue, the longest silence?"""

from datetime import timedelta

import pytest

from audit import context
from incidents.cadence_compliance import kept, kept_rows, longest_silence
from incidents.models import Cadence, Incident
from incidents.workflow import (
    change_severity,
    mitigate_incident,
    post_status_update,
    resolve_incident,
    snooze_update,
    withdraw_status_update,
)
from tests.conftest import NOT_SENT


@pytest.fixture
def only_stakeholders(db):
    Cadence.objects.exclude(audience="stakeholders").delete()


def at(incident, minutes):
    return incident.declared_at + timedelta(minutes=minutes)


def post(incident, by, minutes, promise=None):
    """That many minutes after the declaration; the next one promised `promise` minutes later."""
    with context.at(at(incident, minutes)):
        return post_status_update(
            incident=incident, by=by, audiences=["stakeholders"], known="x", unknown="y",
            next_update_at=at(incident, minutes + (promise or 500)),
        )  # fmt: skip


def resolve(incident, by, minutes):
    with context.at(at(incident, minutes)):
        mitigate_incident(incident=incident, by=by)
        resolve_incident(incident=incident, by=by, waive_reason="x", unsent=NOT_SENT)


def of(incident, audience="stakeholders"):
    found = kept(
        Incident.objects.prefetch_related("update_schedules").annotate(**kept_rows()).get(pk=incident.pk)
    )
    return next((one for one in found if one.audience == audience), None)


def test_on_time_and_late(only_stakeholders, incident, commander):
    """SEV2: due at 15; said at 10; due at 40; said at 50; due at 80; resolved at 70."""
    post(incident, commander, 10)
    post(incident, commander, 50)
    resolve(incident, commander, 70)
    one = of(incident)
    assert (one.due, one.on_time) == (2, 1)
    assert one.overdue == timedelta(minutes=10)
    assert one.overdue_share == 14  # of 70
    assert one.silence == timedelta(minutes=40)


@pytest.mark.parametrize(("said_at", "on_time"), [(16, 1), (17, 1), (17.1, 0)])
def test_two_minutes_are_within_the_grace(only_stakeholders, incident, commander, said_at, on_time):
    post(incident, commander, said_at)
    assert of(incident).on_time == on_time


def test_of_a_long_wait_the_grace_is_a_tenth(only_stakeholders, incident, commander, severity):
    change_severity(incident=incident, severity=severity(4), by=commander)
    post(incident, commander, 263)  # due after 240
    assert of(incident).on_time == 1


def test_what_is_not_due_yet_is_neither_kept_nor_missed(only_stakeholders, incident):
    assert (of(incident).due, of(incident).on_time) == (0, 0)


def test_a_time_that_passed_before_it_was_moved_is_missed(only_stakeholders, incident, commander):
    with context.at(at(incident, 25)):
        snooze_update(
            incident=incident, audience="stakeholders", until=at(incident, 60), reason="x", by=commander
        )
    post(incident, commander, 55)
    one = of(incident)
    assert (one.due, one.on_time) == (2, 1)
    assert one.overdue == timedelta(minutes=10)


def test_a_time_moved_in_time_is_not(only_stakeholders, incident, commander):
    with context.at(at(incident, 10)):
        snooze_update(
            incident=incident, audience="stakeholders", until=at(incident, 60), reason="x", by=commander
        )
    post(incident, commander, 55)
    assert (of(incident).due, of(incident).on_time) == (1, 1)


def test_what_was_overdue_when_it_was_resolved_is_missed(only_stakeholders, incident, commander):
    resolve(incident, commander, 30)
    one = of(incident)
    assert (one.due, one.on_time, one.overdue) == (1, 0, timedelta(minutes=15))


def test_an_update_taken_back_kept_nothing(only_stakeholders, incident, commander):
    update = post(incident, commander, 10)
    with context.at(at(incident, 10)):
        withdraw_status_update(update=update, by=commander)
    post(incident, commander, 30)
    one = of(incident)
    assert (one.due, one.on_time, len(one.words)) == (1, 0, 1)


def test_silence_lasts_until_they_are_told_that_it_is_over(only_stakeholders, incident, commander):
    post(incident, commander, 10)
    resolve(incident, commander, 30)
    assert of(incident).silence == timedelta(minutes=20)
    post(incident, commander, 50)
    post(incident, commander, 500)
    assert of(incident).silence == timedelta(minutes=40)
    assert (of(incident).due, of(incident).on_time) == (1, 1)


def test_the_longest_silence_is_that_of_whoever_waited_longest(incident, commander):
    post(incident, commander, 10)
    resolve(incident, commander, 50)
    found = kept(
        Incident.objects.prefetch_related("update_schedules").annotate(**kept_rows()).get(pk=incident.pk)
    )
    assert {one.audience: one.silence for one in found if one.stretches} == {
        "stakeholders": timedelta(minutes=40),
        "public": timedelta(minutes=50),
        "executives": timedelta(minutes=50),
    }
    assert longest_silence(found) == timedelta(minutes=50)


def test_where_nobody_is_owed_anything_there_is_no_silence(db, commander, severity, incident):
    Cadence.objects.all().delete()
    change_severity(incident=incident, severity=severity(5), by=commander)
    incident.due_times.all().delete()
    assert longest_silence([one for one in [of(incident)] if one]) is None
