import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Mitigation, MitigationState
from incidents.workflow import move_mitigation, record_mitigation


@pytest.fixture
def mitigation(incident, responder):
    return record_mitigation(incident=incident, by=responder, text="Roll back")


def move(mitigation: Mitigation, by, *states: str, **fields) -> Mitigation:
    for state in states:
        mitigation = move_mitigation(mitigation=mitigation, state=state, by=by, **fields)
    return mitigation


def test_works(mitigation, incident, responder, traces):
    seen = traces(incident)
    moved = move(mitigation, responder, "applying", "worked", observed_effect="38% → 0.4%")
    assert (moved.state, moved.observed_effect) == ("worked", "38% → 0.4%")
    assert moved.started_at <= moved.settled_at
    assert seen.texts == [
        "marked the mitigation “Roll back” as “Applying”",
        "marked the mitigation “Roll back” as “Worked”",
    ]
    assert seen.actions == seen.topics == ["mitigation.moved"] * 2


@pytest.mark.parametrize("state", MitigationState.values)
@pytest.mark.parametrize("to", MitigationState.values)
def test_only_along_its_life(mitigation, responder, state, to):
    Mitigation.objects.update(state=state)
    mitigation.refresh_from_db()
    if to == state or to in mitigation.next_states:
        assert move(mitigation, responder, to, observed_effect="seen").state == to
    else:
        with pytest.raises(ValidationError, match="it can go to"):
            move(mitigation, responder, to, observed_effect="seen")


def test_the_same_again_writes_nothing(mitigation, incident, responder, traces):
    seen = traces(incident)
    move(mitigation, responder, "proposed")
    assert seen.none


def test_not_trying_it_needs_a_reason(mitigation, responder):
    with pytest.raises(ValidationError, match="why it is not tried"):
        move(mitigation, responder, "rejected")


def test_taken_up_after_all(mitigation, responder):
    move(mitigation, responder, "rejected", observed_effect="too slow")
    moved = move(mitigation, responder, "proposed")
    assert moved.settled_at is None
    again = move(moved, responder, "applying", "reverted", "applying")
    assert again.reverted_at is None


def test_what_cannot_be_reversed_is_not(incident, responder):
    mitigation = record_mitigation(
        incident=incident, by=responder, text="Drop the table", state="applying", is_reversible=False
    )
    with pytest.raises(ValidationError, match="cannot be reversed"):
        move(mitigation, responder, "reverted")


def test_stakeholder_is_refused(mitigation, stakeholder):
    with pytest.raises(PermissionDenied):
        move(mitigation, stakeholder, "applying")
