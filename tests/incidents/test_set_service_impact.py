import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import ServiceImpact
from incidents.workflow import set_service_impact


def test_each_degree_is_an_interval_of_its_own(incident, commander, service, ago, traces):
    seen = traces(incident)
    for minutes, impact in ((9, "degraded"), (6, "major_outage"), (2, None)):
        set_service_impact(
            incident=incident, service=service, impact=impact, by=commander, at=ago(minutes=minutes)
        )
    intervals = list(incident.affected_services.all())
    assert [i.impact for i in intervals] == ["degraded", "major_outage"]
    assert intervals[0].ended_at == intervals[1].started_at
    assert intervals[1].ended_at is not None
    assert seen.texts == [
        "marked Payments degraded",
        "marked Payments major outage",
        "marked Payments operational again",
    ]
    assert seen.actions == seen.topics == ["service.impact_changed"] * 3


def test_the_same_again_writes_nothing(incident, commander, service, traces):
    set_service_impact(incident=incident, service=service, impact=ServiceImpact.DEGRADED, by=commander)
    seen = traces(incident)
    set_service_impact(incident=incident, service=service, impact=ServiceImpact.DEGRADED, by=commander)
    assert seen.none


def test_not_before_it_began(incident, commander, service, ago):
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander, at=ago(minutes=2))
    with pytest.raises(ValidationError, match="Choose a later time"):
        set_service_impact(incident=incident, service=service, impact=None, by=commander, at=ago(minutes=3))


def test_unknown_degree_is_refused(incident, commander, service):
    with pytest.raises(ValidationError, match="Choose degraded"):
        set_service_impact(incident=incident, service=service, impact="on fire", by=commander)


def test_a_suspected_incident_may_affect_services(suspected, responder, service):
    assert set_service_impact(incident=suspected, service=service, impact="degraded", by=responder)


def test_a_closed_one_may_not(closed, commander, service):
    with pytest.raises(ValidationError, match="Reopen"):
        set_service_impact(incident=closed, service=service, impact="degraded", by=commander)


def test_stakeholder_is_refused(incident, stakeholder, service):
    with pytest.raises(PermissionDenied):
        set_service_impact(incident=incident, service=service, impact="degraded", by=stakeholder)
