import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Status
from incidents.workflow import mitigate_incident, reopen_incident, resolve_incident


def test_works_and_keeps_the_history(closed, commander, traces):
    seen = traces(closed)
    reopened = reopen_incident(incident=closed, by=commander, reason="the errors are back")
    assert (reopened.status, reopened.reopen_count) == (Status.INVESTIGATING, 1)
    assert (reopened.mitigated_at, reopened.resolved_at, reopened.closed_at) == (None, None, None)
    assert seen.texts == ["reopened this (Closed → Investigating)"]
    assert (seen.actions, seen.topics) == (["incident.reopened"], ["incident.reopened"])
    assert [p.status for p in reopened.status_periods.all()] == [
        "investigating",
        "mitigated",
        "resolved",
        "closed",
        "investigating",
    ]
    assert reopened.timeline.filter(text__in=["Mitigated", "Resolved", "Closed"]).count() == 3


def test_everything_is_verified_anew(resolved, commander):
    reopened = reopen_incident(incident=resolved, by=commander, reason="x")
    assert {c.state for c in reopened.recovery_checks.all()} == {"open"}
    mitigate_incident(incident=reopened, by=commander)
    with pytest.raises(ValidationError, match="Not yet"):
        resolve_incident(incident=reopened, by=commander)


def test_the_second_milestones_stand(resolved, commander):
    reopened = reopen_incident(incident=resolved, by=commander, reason="x")
    mitigate_incident(incident=reopened, by=commander)
    resolve_incident(incident=reopened, by=commander, waive_reason="x")
    standing = reopened.timeline.filter(data__milestone__in=["mitigated_at", "resolved_at"])
    assert standing.count() == 2


def test_needs_a_reason(resolved, commander, traces):
    seen = traces(resolved)
    with pytest.raises(ValidationError, match="what came back"):
        reopen_incident(incident=resolved, by=commander, reason="")
    assert seen.none


def test_nothing_to_reopen(incident, commander):
    with pytest.raises(ValidationError, match="nothing to reopen"):
        reopen_incident(incident=incident, by=commander, reason="x")


def test_stakeholder_is_refused(resolved, stakeholder):
    with pytest.raises(PermissionDenied):
        reopen_incident(incident=resolved, by=stakeholder, reason="x")
