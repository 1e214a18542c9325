import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Role
from incidents.workflow import assign_role, declare_incident


@pytest.fixture
def command(db):
    return Role.objects.get(slug=Role.COMMANDER)


def test_taking_command_acknowledges(commander, responder, severity, command, traces):
    incident = declare_incident(by=commander, title="x", severity=severity(2), takes_command=False)
    seen = traces(incident)
    assignment = assign_role(incident=incident, role=command, user=responder, by=responder)
    incident = Incident.objects.get()
    assert (incident.commander, incident.acknowledged_at) == (responder, assignment.started_at)
    assert (seen.texts, seen.actions, seen.topics) == (
        ["took command"],
        ["role.assigned"],
        ["role.assigned"],
    )
    assert incident.participations.filter(user=responder).exists()


def test_one_commander_at_a_time(incident, commander, responder, command, traces):
    seen = traces(incident)
    assign_role(incident=incident, role=command, user=responder, by=responder)
    assert seen.texts == ["took command from Commander Example"]
    held = incident.role_assignments.filter(role=command)
    assert [(a.user, a.ended_at is None) for a in held] == [(commander, False), (responder, True)]
    assert held[0].ended_at == held[1].started_at


def test_acknowledged_once(incident, responder, command):
    before = incident.acknowledged_at
    assign_role(incident=incident, role=command, user=responder, by=responder)
    assert Incident.objects.get().acknowledged_at == before


def test_command_before_the_impact_acknowledges_when_it_began(commander, severity, command, ago):
    incident = declare_incident(
        by=commander, title="x", severity=severity(2), takes_command=False, impact_started_at=ago(minutes=5)
    )
    assign_role(incident=incident, role=command, user=commander, by=commander, at=ago(minutes=9))
    assert Incident.objects.get().acknowledged_at == incident.impact_started_at


def test_some_roles_are_for_several(incident, commander, responder):
    liaison = Role.objects.get(slug="liaison")
    for user in (commander, responder):
        assign_role(incident=incident, role=liaison, user=user, by=commander)
    assert incident.role_assignments.running().filter(role=liaison).count() == 2


def test_holding_it_already_writes_nothing(incident, commander, command, traces):
    seen = traces(incident)
    assign_role(incident=incident, role=command, user=commander, by=commander)
    assert seen.none


def test_a_stakeholder_cannot_take_a_role(incident, commander, stakeholder, command):
    with pytest.raises(ValidationError, match="is a stakeholder"):
        assign_role(incident=incident, role=command, user=stakeholder, by=commander)


def test_not_on_a_closed_incident(closed, commander, command):
    with pytest.raises(ValidationError, match="Reopen"):
        assign_role(incident=closed, role=command, user=commander, by=commander)


def test_assigning_brings_somebody_into_a_private_incident(private_incident, commander, outsider):
    scribe = Role.objects.get(slug="scribe")
    assign_role(incident=private_incident, role=scribe, user=outsider, by=commander)
    assert private_incident in Incident.objects.visible_to(outsider)


def test_stakeholder_is_refused(incident, stakeholder, responder, command):
    with pytest.raises(PermissionDenied):
        assign_role(incident=incident, role=command, user=responder, by=stakeholder)


def test_an_outsider_cannot_take_a_private_incident(private_incident, outsider, command):
    with pytest.raises(PermissionDenied):
        assign_role(incident=private_incident, role=command, user=outsider, by=outsider)
