import pytest
from django.core.exceptions import ValidationError

from incidents.models import Incident
from incidents.workflow import join_incident, leave_incident


def test_lays_down_every_role(incident, commander, traces):
    seen = traces(incident)
    leave_incident(incident=incident, by=commander)
    assert seen.texts == ["gave up command", "left"]
    assert seen.actions == seen.topics == ["role.released", "participation.left"]
    assert Incident.objects.get().commander is None
    assert incident.participations.get(user=commander).left_at is not None


def test_and_back(incident, responder):
    join_incident(incident=incident, by=responder)
    leave_incident(incident=incident, by=responder)
    assert join_incident(incident=incident, by=responder).left_at is None


def test_only_who_is_on_it(incident, responder):
    with pytest.raises(ValidationError, match="not on this incident"):
        leave_incident(incident=incident, by=responder)


def test_leaving_a_private_incident_keeps_its_reach(private_incident, commander):
    leave_incident(incident=private_incident, by=commander)
    assert private_incident in Incident.objects.visible_to(commander)
