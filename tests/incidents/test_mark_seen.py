from incidents.workflow import mark_seen


def test_works_for_oneself_only(incident, commander, responder, ago):
    mark_seen(incident=incident, by=commander, until=ago(minutes=1))
    mark_seen(incident=incident, by=responder)
    assert incident.participations.get().seen_at < ago()
