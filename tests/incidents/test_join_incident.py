import pytest
from django.core.exceptions import PermissionDenied

from incidents.workflow import join_incident


def test_works(incident, responder, traces):
    seen = traces(incident)
    join_incident(incident=incident, by=responder)
    assert (seen.texts, seen.actions, seen.topics) == (
        ["joined"],
        ["participation.joined"],
        ["participation.joined"],
    )


def test_twice_writes_once(incident, responder, traces):
    first = join_incident(incident=incident, by=responder)
    seen = traces(incident)
    assert join_incident(incident=incident, by=responder) == first
    assert seen.none


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        join_incident(incident=incident, by=stakeholder)


def test_nobody_joins_their_way_into_a_private_incident(private_incident, outsider):
    with pytest.raises(PermissionDenied):
        join_incident(incident=private_incident, by=outsider)
    assert not private_incident.participations.filter(user=outsider).exists()
