"""Is when somebody worked on an incident stored as it follows from the record, whatever happened?"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit import context
from incidents.models import Participation
from incidents.models.people import ActivitySession
from incidents.workflow import (
    add_person,
    join_incident,
    leave_incident,
    note_activity,
    revoke_access,
)
from tests.incidents.test_concurrent_declarations import at_once
from tests.worked import merged, seconds_of

STEPS = ("join", "added", "active", "leave", "revoke")


def counted(seat):
    return list(zip(seat.worked_from, seat.worked_until, strict=True)), seat.worked_seconds


class Diary:
    """What a person did, written down beside the product, whose rows it never reads."""

    def __init__(self):
        self.stretches, self.joined, self.may_see, self.known = [], None, False, False

    def note(self, step, at):
        if step in ("join", "added"):
            self.joined = self.joined or at
            self.may_see = self.known = True
        elif step == "active" and self.joined:
            self.stretches.append((at, at))
        elif step in ("leave", "revoke") and self.joined:
            self.stretches.append((self.joined, at))
            self.joined = None
        if step == "revoke":
            self.may_see = False

    def counted(self):
        found = merged(self.stretches)
        return found, seconds_of(found) if found else None


def take(step, incident, responder, commander):
    if step == "join":
        join_incident(incident=incident, by=responder)
    elif step == "added":
        add_person(incident=incident, user=responder, by=commander)
    elif step == "active":
        note_activity(incident=incident, by=responder)
    elif step == "leave":
        leave_incident(incident=incident, by=responder)
    elif step == "revoke":
        revoke_access(incident=incident, user=responder, by=commander)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 90)), max_size=12))
@example(steps=[("added", 0), ("active", 1), ("active", 45), ("leave", 50), ("join", 5), ("active", 0)])
@example(steps=[("added", 3), ("active", 2), ("revoke", 40), ("added", 40), ("leave", 0)])
@example(steps=[("added", 0), ("leave", 60), ("revoke", 90)])
@example(steps=[("added", 0), ("leave", 60), ("join", 90), ("leave", 60)])
def test_after_each_step(private_incident, responder, commander, steps):
    private_incident.participations.filter(user=responder).delete()
    at, diary = context.now(), Diary()
    for step, minutes in steps:
        at += timedelta(minutes=minutes)
        is_refused = (step == "join" and not diary.may_see) or (step == "leave" and not diary.joined)
        if is_refused or (step == "revoke" and not diary.known):
            continue
        with context.at(at):
            take(step, private_incident, responder, commander)
        diary.note(step, at)
        for seat in private_incident.participations.filter(user=responder):
            assert counted(seat) == diary.counted()


def test_a_clock_that_is_set_back_takes_no_work_away(incident, responder):
    join_incident(incident=incident, by=responder)
    at = context.now()
    for minutes in (0, 20, -50, 10):
        with context.at(at + timedelta(minutes=minutes)):
            note_activity(incident=incident, by=responder)
    seat = incident.participations.get(user=responder)
    assert counted(seat) == ([(at, at + timedelta(minutes=20))], 1200)


def test_a_stretch_that_ends_before_it_begins_is_counted_as_a_moment(incident, responder):
    """An older version stored such ones when the clock was set back."""
    join_incident(incident=incident, by=responder)
    seat = incident.participations.get(user=responder)
    ActivitySession.objects.create(
        participation=seat, started_at=seat.joined_at, last_at=seat.joined_at - timedelta(hours=1)
    )
    call_command("count_worked_time")
    seat.refresh_from_db()
    assert counted(seat) == ([(seat.joined_at, seat.joined_at)], 300)


def test_who_comes_back_catches_up_from_the_first_time_on(incident, responder):
    at = context.now()
    with context.at(at):
        join_incident(incident=incident, by=responder)
    leave_incident(incident=incident, by=responder)
    with context.at(at + timedelta(days=2)):
        join_incident(incident=incident, by=responder)
    seat = incident.participations.get(user=responder)
    assert (seat.joined_at, seat.seen_at, seat.left_at) == (at + timedelta(days=2), at, None)


@pytest.mark.django_db(transaction=True)
def test_who_leaves_twice_at_once_left_once(incident, responder):
    join_incident(incident=incident, by=responder)

    def leave():
        try:
            leave_incident(incident=incident, by=responder)
        except ValidationError as refused:
            return refused.messages
        return []

    told = at_once([leave] * 8, threads=8)
    assert sorted(map(len, told)) == [0] + [1] * 7
    assert incident.timeline.filter(text="left").count() == 1


def test_a_command_counts_again_what_was_changed_by_hand(incident, responder, capsys):
    join_incident(incident=incident, by=responder)
    seat = incident.participations.get(user=responder)
    last = seat.joined_at + timedelta(minutes=20)
    ActivitySession.objects.create(participation=seat, started_at=seat.joined_at, last_at=last)
    call_command("count_worked_time")
    seat.refresh_from_db()
    assert counted(seat) == ([(seat.joined_at, last)], 1200)
    assert f"of {Participation.objects.count()} participations" in capsys.readouterr().out
