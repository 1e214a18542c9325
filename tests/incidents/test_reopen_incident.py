from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Service, Status
from incidents.workflow import mitigate_incident, reopen_incident, resolve_incident, set_service_impact
from notifications.models import OutboxMessage
from tests.conftest import NOT_SENT


def test_works_and_keeps_the_history(closed, commander, traces):
    seen = traces(closed)
    reopened = reopen_incident(incident=closed, by=commander, reason="the errors are back")
    assert (reopened.status, reopened.reopen_count) == (Status.INVESTIGATING, 1)
    assert (reopened.mitigated_at, reopened.resolved_at, reopened.closed_at) == (None, None, None)
    assert seen.texts == ["reopened this (Closed → Investigating)", "took command"]
    assert "incident.reopened" in seen.actions
    assert "incident.reopened" in seen.topics
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
    with pytest.raises(ValidationError, match="can’t resolve"):
        resolve_incident(incident=reopened, by=commander)


def test_the_second_milestones_stand(resolved, commander):
    reopened = reopen_incident(incident=resolved, by=commander, reason="x")
    mitigate_incident(incident=reopened, by=commander)
    resolve_incident(incident=reopened, by=commander, waive_reason="x", unsent=NOT_SENT)
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


def test_who_commanded_commands_again(closed, commander, responder):
    reopened = reopen_incident(incident=closed, by=responder, reason="x")
    assert reopened.commander == commander
    assert OutboxMessage.objects.filter(topic="role.assigned", payload__user=commander.pk).count() == 2


def test_somebody_else_may_be_chosen(closed, commander, responder):
    reopened = reopen_incident(incident=closed, by=commander, reason="x", commander=responder)
    assert reopened.commander == responder


def test_whoever_reopens_commands_where_nobody_else_can(closed, commander, responder):
    commander.is_active = False
    commander.save()
    assert reopen_incident(incident=closed, by=responder, reason="x").commander == responder


def test_services_are_affected_as_before_the_recovery(incident, commander, service):
    other = Service.objects.create(name="Search", slug="search", tier=2)
    set_service_impact(incident=incident, service=other, impact="degraded", by=commander)
    set_service_impact(incident=incident, service=other, impact=None, by=commander)
    set_service_impact(incident=incident, service=service, impact="major_outage", by=commander)
    mitigated = mitigate_incident(incident=incident, by=commander, impacts={service: None})
    resolved = resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    reopened = reopen_incident(incident=resolved, by=commander, reason="x")
    running = reopened.affected_services.running().get()
    assert (running.service, running.impact) == (service, "major_outage")
    assert reopened.impact_ended_at is None


def test_services_may_be_said_otherwise(resolved, commander, service):
    reopened = reopen_incident(incident=resolved, by=commander, reason="x", impacts={service: "degraded"})
    assert reopened.affected_services.running().get().impact == "degraded"


def test_updates_are_due_as_after_a_declaration(closed, commander):
    reopened = reopen_incident(incident=closed, by=commander, reason="x")
    began = reopened.status_periods.get(ended_at=None).started_at
    assert reopened.next_due.due_at == began + timedelta(minutes=15)
