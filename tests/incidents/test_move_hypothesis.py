import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.workflow import move_hypothesis, raise_hypothesis
from timeline.workflow import attach_evidence


@pytest.fixture
def hypothesis(incident, responder):
    return raise_hypothesis(incident=incident, by=responder, claim="The disk is full")


def test_testing_then_supported(hypothesis, incident, responder, traces):
    seen = traces(incident)
    move_hypothesis(hypothesis=hypothesis, state="testing", by=responder)
    settled = move_hypothesis(
        hypothesis=hypothesis, state="supported", by=responder, verdict="df says 100%", confidence="likely"
    )
    assert (settled.state, settled.verdict, settled.confidence) == ("supported", "df says 100%", "likely")
    assert settled.settled_at is not None
    assert seen.texts == [
        "marked the hypothesis “The disk is full” as “Testing”",
        "marked the hypothesis “The disk is full” as “Supported”",
    ]
    assert seen.actions == seen.topics == ["hypothesis.moved"] * 2


@pytest.mark.parametrize("state", ["supported", "refuted"])
def test_a_verdict_names_what_decided_it(hypothesis, incident, responder, state, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match="what decided it"):
        move_hypothesis(hypothesis=hypothesis, state=state, by=responder)
    assert seen.none


def test_or_stands_on_evidence(hypothesis, incident, responder):
    attach_evidence(
        incident=incident, by=responder, kind="log", title="df", body="100%", hypothesis=hypothesis
    )
    assert move_hypothesis(hypothesis=hypothesis, state="refuted", by=responder).is_settled


def test_settled_can_reopen(hypothesis, responder):
    move_hypothesis(hypothesis=hypothesis, state="refuted", by=responder, verdict="no")
    again = move_hypothesis(hypothesis=hypothesis, state="open", by=responder)
    assert (again.verdict, again.settled_at) == ("", None)


def test_the_same_again_writes_nothing(hypothesis, incident, responder, traces):
    seen = traces(incident)
    move_hypothesis(hypothesis=hypothesis, state="open", by=responder)
    assert seen.none


def test_unknown_state_is_refused(hypothesis, responder):
    with pytest.raises(ValidationError, match="Choose open"):
        move_hypothesis(hypothesis=hypothesis, state="maybe", by=responder)


def test_stakeholder_is_refused(hypothesis, stakeholder):
    with pytest.raises(PermissionDenied):
        move_hypothesis(hypothesis=hypothesis, state="testing", by=stakeholder)
