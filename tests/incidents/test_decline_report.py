import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Status
from incidents.workflow import accept_report, decline_report, set_service_impact


def test_works(suspected, responder, traces):
    seen = traces(suspected)
    declined = decline_report(incident=suspected, by=responder, reason=" A test order. ")
    assert (declined.status, declined.decline_reason) == (Status.DECLINED, "A test order.")
    assert (seen.texts, seen.actions, seen.topics) == (
        ["declined this report"],
        ["incident.declined"],
        ["incident.declined"],
    )


def test_needs_a_reason(suspected, responder, traces):
    seen = traces(suspected)
    with pytest.raises(ValidationError, match="Say why"):
        decline_report(incident=suspected, by=responder, reason=" ")
    assert seen.none


def test_a_declared_incident_is_not_declined(incident, responder):
    with pytest.raises(ValidationError, match="is investigating, not suspected"):
        decline_report(incident=incident, by=responder, reason="x")


def test_declined_is_not_accepted(suspected, responder):
    decline_report(incident=suspected, by=responder, reason="x")
    with pytest.raises(ValidationError):
        accept_report(incident=suspected, by=responder)


def test_stakeholder_is_refused(suspected, stakeholder):
    with pytest.raises(PermissionDenied):
        decline_report(incident=suspected, by=stakeholder, reason="x")


def test_nothing_stays_affected_by_a_false_alarm(suspected, responder, service):
    set_service_impact(incident=suspected, service=service, impact="degraded", by=responder)
    decline_report(incident=suspected, by=responder, reason="x")
    assert not suspected.affected_services.running().exists()
