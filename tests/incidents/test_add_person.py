import pytest
from django.core.exceptions import PermissionDenied

from incidents.models import Incident
from incidents.workflow import add_person


def test_brings_somebody_into_a_private_incident(private_incident, commander, stakeholder, traces):
    seen = traces(private_incident)
    add_person(incident=private_incident, user=stakeholder, by=commander)
    assert private_incident in Incident.objects.visible_to(stakeholder)
    assert (seen.texts, seen.actions, seen.topics) == (
        ["added Stakeholder Example"],
        ["participation.added"],
        ["participation.added"],
    )


def test_an_outsider_is_refused(private_incident, outsider):
    with pytest.raises(PermissionDenied):
        add_person(incident=private_incident, user=outsider, by=outsider)
