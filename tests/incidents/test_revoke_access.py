import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Role
from incidents.workflow import add_person, assign_role, join_incident, revoke_access


@pytest.fixture
def scribe(private_incident, responder, commander):
    return assign_role(
        incident=private_incident, role=Role.objects.get(slug="scribe"), user=responder, by=commander
    )


def test_takes_it_out_of_reach_and_ends_roles(private_incident, commander, responder, scribe, traces):
    seen = traces(private_incident)
    revoke_access(incident=private_incident, user=responder, by=commander)
    assert private_incident not in Incident.objects.visible_to(responder)
    assert not private_incident.role_assignments.running().filter(user=responder).exists()
    assert seen.actions == seen.topics == ["role.released", "participation.removed"]


def test_and_no_way_back_by_oneself(private_incident, commander, responder, scribe):
    revoke_access(incident=private_incident, user=responder, by=commander)
    with pytest.raises(PermissionDenied):
        join_incident(incident=private_incident, by=responder)


def test_not_oneself(private_incident, commander):
    with pytest.raises(ValidationError, match="Hand over first"):
        revoke_access(incident=private_incident, user=commander, by=commander)


def test_another_responder_is_refused(private_incident, commander, responder, scribe):
    with pytest.raises(PermissionDenied):
        revoke_access(incident=private_incident, user=commander, by=responder)


@pytest.mark.parametrize("kept", ["commander", "admin"])
def test_only_an_administrator_removes_a_former_commander_or_an_administrator(
    private_incident, commander, responder, admin, scribe, request, kept
):
    person = request.getfixturevalue(kept)
    add_person(incident=private_incident, user=admin, by=commander)
    assign_role(
        incident=private_incident, role=Role.objects.get(slug="commander"), user=responder, by=responder
    )
    with pytest.raises(PermissionDenied, match="Only an administrator"):
        revoke_access(incident=private_incident, user=person, by=responder)
    assert private_incident in Incident.objects.visible_to(person)


def test_an_administrator_does(private_incident, commander, admin):
    add_person(incident=private_incident, user=admin, by=commander)
    revoke_access(incident=private_incident, user=commander, by=admin)
    assert private_incident not in Incident.objects.visible_to(commander)
