from datetime import timedelta

from audit import context
from incidents.workflow import leave_incident, note_activity


def test_gaps_up_to_thirty_minutes_are_one_stretch(incident, commander):
    start = context.now()
    for minutes in (1, 20, 50, 81, 82):
        with context.at(start + timedelta(minutes=minutes)):
            note_activity(incident=incident, by=commander)
    stretches = incident.participations.get().sessions.all()
    assert [(s.last_at - s.started_at).seconds // 60 for s in stretches] == [49, 1]


def test_who_is_not_on_it_is_not_counted(incident, commander, responder, traces):
    seen = traces(incident)
    note_activity(incident=incident, by=responder)
    leave_incident(incident=incident, by=commander)
    note_activity(incident=incident, by=commander)
    assert not incident.participations.get().sessions.exists()
    assert seen.topics == ["role.released", "participation.left"]
