import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.workflow import raise_hypothesis


def test_works(incident, responder, traces, ago):
    seen = traces(incident)
    hypothesis = raise_hypothesis(
        incident=incident,
        by=responder,
        claim="v231 leaks",
        test="canary",
        confidence="likely",
        at=ago(minutes=2),
    )
    assert (hypothesis.state, hypothesis.owner) == ("open", responder)
    assert seen.events[0].hypothesis == hypothesis
    assert seen.events[0].occurred_at == hypothesis.raised_at
    assert (seen.texts, seen.actions, seen.topics) == (
        ["v231 leaks"],
        ["hypothesis.raised"],
        ["hypothesis.raised"],
    )


def test_needs_a_claim(incident, responder, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match="what might explain"):
        raise_hypothesis(incident=incident, by=responder, claim="")
    assert seen.none


def test_only_while_open(closed, responder):
    with pytest.raises(ValidationError, match="Reopen"):
        raise_hypothesis(incident=closed, by=responder, claim="x")


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        raise_hypothesis(incident=incident, by=stakeholder, claim="x")
