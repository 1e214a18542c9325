import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Severity, Status
from incidents.workflow import change_severity, close_incident, set_service_impact
from retros.workflow import start_retrospective


def test_a_sev2_needs_a_retrospective_with_an_owner(resolved, commander, responder, traces):
    seen = traces(resolved)
    with pytest.raises(ValidationError, match="a SEV2 needs a retrospective with an owner"):
        close_incident(incident=resolved, by=commander)
    assert seen.none
    start_retrospective(incident=resolved, by=commander)
    with pytest.raises(ValidationError, match="with an owner"):
        close_incident(incident=resolved, by=commander)
    start_retrospective(incident=resolved, by=commander, owner=responder)
    seen = traces(resolved)
    closed = close_incident(incident=resolved, by=commander)
    assert closed.status == Status.CLOSED
    assert (seen.texts, seen.actions, seen.topics) == (["Closed"], ["incident.closed"], ["incident.closed"])


def test_or_a_reason(resolved, commander, traces):
    seen = traces(resolved)
    close_incident(incident=resolved, by=commander, waive_reason="the same as last week")
    assert seen.events[0].detail == "Without a retrospective: the same as last week"


def test_a_milder_one_needs_none(resolved, commander, severity):
    change_severity(incident=resolved, severity=severity(3), by=commander)
    assert close_incident(incident=resolved, by=commander).status == Status.CLOSED


def test_a_drill_needs_none(resolved, commander):
    type(resolved).objects.update(is_drill=True)
    assert close_incident(incident=resolved, by=commander).status == Status.CLOSED


def test_ends_roles_and_impacts(resolved, commander, service):
    set_service_impact(incident=resolved, service=service, impact="degraded", by=commander)
    close_incident(incident=resolved, by=commander, waive_reason="x")
    assert not resolved.role_assignments.running().exists()
    assert not resolved.affected_services.running().exists()


def test_not_before_it_is_resolved(mitigated, commander):
    with pytest.raises(ValidationError, match="Resolve it first"):
        close_incident(incident=mitigated, by=commander, waive_reason="x")


def test_stakeholder_is_refused(resolved, stakeholder):
    with pytest.raises(PermissionDenied):
        close_incident(incident=resolved, by=stakeholder, waive_reason="x")
    assert Severity.objects.count() == 5


def test_not_twice(resolved, commander):
    close_incident(incident=resolved, by=commander, waive_reason="x")
    with pytest.raises(ValidationError, match="is closed already"):
        close_incident(incident=resolved, by=commander, waive_reason="x")
