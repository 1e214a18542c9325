from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Status
from incidents.workflow import Conflict, mitigate_incident, report_problem, resolve_incident
from retros.models import Retrospective
from retros.workflow import close_with_retrospective, due_date, start_retrospective


@pytest.fixture
def resolved(incident, commander):
    mitigated = mitigate_incident(incident=incident, by=commander)
    return resolve_incident(incident=mitigated, by=commander, waive_reason="x")


def test_works_and_never_changes_the_status(incident, commander, responder, traces):
    seen = traces(incident)
    retrospective = start_retrospective(incident=incident, by=commander, owner=responder, material={"a": 1})
    assert (retrospective.owner, retrospective.material) == (responder, {"a": 1})
    assert Incident.objects.get().status == Status.INVESTIGATING
    assert seen.texts == ["started the retrospective, owned by Responder Example"]
    assert seen.actions == seen.topics == ["retrospective.started"]


def test_there_is_one(incident, commander, responder, traces):
    first = start_retrospective(incident=incident, by=commander)
    assert start_retrospective(incident=incident, by=commander, owner=responder) == first
    seen = traces(incident)
    start_retrospective(incident=incident, by=commander, owner=responder)
    start_retrospective(incident=incident, by=commander)
    assert seen.none
    assert Retrospective.objects.get().owner == responder


@pytest.mark.parametrize(
    ("resolved_on", "due"),
    [
        (date(2026, 7, 1), date(2026, 7, 8)),  # Wednesday
        (date(2026, 7, 3), date(2026, 7, 10)),  # Friday
        (date(2026, 7, 4), date(2026, 7, 10)),  # Saturday
    ],
)
def test_due_in_business_days(incident, resolved_on, due):
    incident.resolved_at = datetime.combine(resolved_on, datetime.min.time(), UTC)
    assert due_date(incident) == due


def test_close_with_retrospective(resolved, commander, responder):
    closed = close_with_retrospective(
        incident=resolved, by=commander, owner=responder, version=resolved.version
    )
    assert (closed.status, closed.retrospective.owner) == (Status.CLOSED, responder)


def test_close_with_an_older_form_conflicts(resolved, commander, responder):
    with pytest.raises(Conflict):
        close_with_retrospective(
            incident=resolved, by=commander, owner=responder, version=resolved.version - 1
        )
    assert not Retrospective.objects.exists()


def test_a_stakeholder_owns_none(incident, commander, stakeholder):
    with pytest.raises(ValidationError, match="is a stakeholder"):
        start_retrospective(incident=incident, by=commander, owner=stakeholder)


def test_none_of_a_suspicion(commander):
    with pytest.raises(ValidationError, match="nothing to look back on"):
        start_retrospective(incident=report_problem(by=commander, title="x"), by=commander)


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        start_retrospective(incident=incident, by=stakeholder)
