import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Status
from incidents.workflow import Conflict, change_status, mitigate_incident, set_milestones


def test_to_fixing_and_back(incident, commander, traces):
    seen = traces(incident)
    fixing = change_status(incident=incident, status=Status.FIXING, by=commander)
    assert fixing.public_status == "Identified"
    change_status(incident=incident, status=Status.INVESTIGATING, by=commander)
    assert seen.texts == ["moved Investigating → Fixing", "moved Fixing → Investigating"]
    assert seen.actions == seen.topics == ["status.changed", "status.changed"]
    stays = [(p.status, p.ended_at is None) for p in incident.status_periods.all()]
    assert stays == [("investigating", False), ("fixing", False), ("investigating", True)]


def test_back_from_mitigated_needs_a_reason(mitigated, commander, traces):
    seen = traces(mitigated)
    with pytest.raises(ValidationError, match="not contained any more"):
        change_status(incident=mitigated, status=Status.FIXING, by=commander)
    assert seen.none


def test_back_from_mitigated_forgets_the_milestone_but_keeps_its_row(mitigated, commander, ago):
    back = change_status(incident=mitigated, status=Status.FIXING, by=commander, reason="it is back")
    assert (back.mitigated_at, back.impact_ended_at) == (None, None)
    again = mitigate_incident(incident=back, by=commander)
    rows = again.timeline.filter(text="Mitigated").order_by("pk")
    assert [r.data.get("milestone") for r in rows] == [None, "mitigated_at"]
    moved = set_milestones(incident=again, by=commander, moments={"mitigated_at": again.declared_at})
    assert rows.last().occurred_at == moved.mitigated_at


@pytest.mark.parametrize("status", [Status.MITIGATED, Status.RESOLVED, Status.CLOSED, Status.INVESTIGATING])
def test_other_steps_have_their_own_verbs(incident, commander, status, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match="cannot go from investigating"):
        change_status(incident=incident, status=status, by=commander)
    assert seen.none


def test_not_from_triage(suspected, commander):
    with pytest.raises(ValidationError):
        change_status(incident=suspected, status=Status.FIXING, by=commander)


def test_an_older_form_conflicts(incident, commander):
    with pytest.raises(Conflict):
        change_status(incident=incident, status=Status.FIXING, by=commander, version=incident.version - 1)


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        change_status(incident=incident, status=Status.FIXING, by=stakeholder)
