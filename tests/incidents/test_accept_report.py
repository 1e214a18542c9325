import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Status
from incidents.workflow import accept_report


def test_declares_under_the_same_reference(suspected, responder, severity, traces):
    seen = traces(suspected)
    accepted = accept_report(incident=suspected, by=responder, severity=severity(1))
    assert (accepted.pk, accepted.number) == (suspected.pk, suspected.number)
    assert (accepted.status, accepted.severity.rank) == (Status.INVESTIGATING, 1)
    assert accepted.commander == responder
    assert accepted.detected_at == suspected.created_at
    assert accepted.declared_at >= accepted.detected_at
    assert "Declared" in seen.texts
    assert "incident.declared" in seen.actions
    assert "incident.declared" in seen.topics
    assert [p.status for p in accepted.status_periods.all()] == [Status.TRIAGE, Status.INVESTIGATING]


def test_keeps_the_severity_if_none_is_chosen(suspected, responder):
    assert accept_report(incident=suspected, by=responder).severity == suspected.severity


def test_only_once(suspected, responder):
    accept_report(incident=suspected, by=responder)
    with pytest.raises(ValidationError, match="not suspected any more"):
        accept_report(incident=suspected, by=responder)


def test_stakeholder_is_refused(suspected, stakeholder):
    with pytest.raises(PermissionDenied):
        accept_report(incident=suspected, by=stakeholder)
