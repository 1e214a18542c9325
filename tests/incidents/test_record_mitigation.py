import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import MitigationState
from incidents.workflow import record_mitigation


def test_proposed(incident, responder, traces):
    seen = traces(incident)
    mitigation = record_mitigation(incident=incident, by=responder, text=" Roll back ", kind="rollback")
    assert (mitigation.text, mitigation.state, mitigation.owner) == ("Roll back", "proposed", responder)
    assert mitigation.started_at is None
    assert seen.events[0].mitigation == mitigation
    assert (seen.texts, seen.actions, seen.topics) == (
        ["Roll back"],
        ["mitigation.recorded"],
        ["mitigation.recorded"],
    )


def test_being_applied_already_runs_its_time_box(incident, responder, ago):
    mitigation = record_mitigation(
        incident=incident,
        by=responder,
        text="Scale",
        state=MitigationState.APPLYING,
        time_box_minutes=10,
        at=ago(minutes=4),
    )
    assert (mitigation.time_box_ends_at - mitigation.started_at).seconds == 600


def test_cannot_begin_at_its_end(incident, responder):
    with pytest.raises(ValidationError, match="proposed or being applied"):
        record_mitigation(incident=incident, by=responder, text="x", state=MitigationState.WORKED)


def test_needs_a_text(incident, responder, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match="Say what is to be done"):
        record_mitigation(incident=incident, by=responder, text=" ")
    assert seen.none


@pytest.mark.parametrize("stage", ["suspected", "closed"])
def test_only_while_open(request, stage, responder):
    with pytest.raises(ValidationError):
        record_mitigation(incident=request.getfixturevalue(stage), by=responder, text="x")


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        record_mitigation(incident=incident, by=stakeholder, text="x")
