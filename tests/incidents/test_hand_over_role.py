import pytest
from django.core.exceptions import ValidationError

from incidents.models import Role
from incidents.workflow import hand_over_role


@pytest.fixture
def command(db):
    return Role.objects.get(slug=Role.COMMANDER)


def test_works(incident, commander, responder, command, traces):
    seen = traces(incident)
    hand_over_role(incident=incident, role=command, to=responder, by=commander, note="Rollback at 40%.")
    assert seen.texts == ["handed command over to Responder Example"]
    assert (seen.events[0].detail, seen.actions, seen.topics) == (
        "Rollback at 40%.",
        ["role.assigned"],
        ["role.assigned"],
    )
    assert incident.role_assignments.get(user=commander).handover_note == "Rollback at 40%."


def test_needs_a_note(incident, commander, responder, command, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match="hand-over note"):
        hand_over_role(incident=incident, role=command, to=responder, by=commander, note=" ")
    assert seen.none
