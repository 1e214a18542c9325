"""Is when somebody worked on an incident stored as it follows from the record, whatever happened?"""

from datetime import timedelta

from django.core.management import call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit import context
from incidents.models import Incident, Participation
from incidents.models.people import ActivitySession
from incidents.workflow import (
    add_person,
    join_incident,
    leave_incident,
    note_activity,
    revoke_access,
)
from tests.worked import merged, seconds_of, stretches_of

STEPS = ("join", "added", "active", "leave", "revoke")


def counted(seat):
    return list(zip(seat.worked_from, seat.worked_until, strict=True)), seat.worked_seconds


def by_hand(seat):
    found = merged(stretches_of(seat))
    return found, seconds_of(found) if found else None


def take(step, incident, responder, commander):
    on_it = incident.participations.filter(user=responder, left_at=None).exists()
    if step == "join" and Incident.objects.visible_to(responder).filter(pk=incident.pk).exists():
        join_incident(incident=incident, by=responder)
    elif step == "added":
        add_person(incident=incident, user=responder, by=commander)
    elif step == "active":
        note_activity(incident=incident, by=responder)
    elif step == "leave" and on_it:
        leave_incident(incident=incident, by=responder)
    elif step == "revoke" and on_it:
        revoke_access(incident=incident, user=responder, by=commander)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 90)), max_size=12))
@example(steps=[("added", 0), ("active", 1), ("active", 45), ("leave", 50), ("join", 5), ("active", 0)])
@example(steps=[("added", 3), ("active", 2), ("revoke", 40), ("added", 40), ("leave", 0)])
def test_after_each_step(private_incident, responder, commander, steps):
    private_incident.participations.filter(user=responder).delete()
    at = context.now()
    for step, minutes in steps:
        at += timedelta(minutes=minutes)
        with context.at(at):
            take(step, private_incident, responder, commander)
        for seat in private_incident.participations.all():
            assert counted(seat) == by_hand(seat)


def test_a_command_counts_again_what_was_changed_by_hand(incident, responder, capsys):
    join_incident(incident=incident, by=responder)
    seat = incident.participations.get(user=responder)
    last = seat.joined_at + timedelta(minutes=20)
    ActivitySession.objects.create(participation=seat, started_at=seat.joined_at, last_at=last)
    call_command("count_worked_time")
    seat.refresh_from_db()
    assert counted(seat) == ([(seat.joined_at, last)], 1200)
    assert f"of {Participation.objects.count()} participations" in capsys.readouterr().out
