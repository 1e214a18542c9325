from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.workflow import raise_hypothesis
from timeline.models import Kind
from timeline.workflow import attach_evidence


def test_to_an_event_writes_no_second_one(note, responder, traces):
    seen = traces(note.incident)
    evidence = attach_evidence(
        incident=note.incident, by=responder, kind="log", title="acquire timeout ×1,204", body="…", event=note
    )
    assert list(note.evidence.all()) == [evidence]
    assert (seen.texts, seen.actions) == ([], ["evidence.attached"])


def test_to_a_hypothesis_becomes_an_event(incident, responder, traces):
    hypothesis = raise_hypothesis(incident=incident, by=responder, claim="v231 leaks")
    seen = traces(incident)
    attach_evidence(
        incident=incident,
        by=responder,
        kind="metric",
        title="Pool saturation",
        url="https://dash.example/1",
        hypothesis=hypothesis,
    )
    assert seen.texts == ["Metric for “v231 leaks”: Pool saturation"]
    assert hypothesis.evidence.count() == 1


def test_an_alert_is_an_alert_row(incident, responder, traces, ago):
    seen = traces(incident)
    attach_evidence(
        incident=incident,
        by=responder,
        kind="alert",
        title="5xx above 5%",
        captured_at=ago(minutes=3),
        data={"source": "Prometheus"},
    )
    event = seen.events[0]
    assert (event.kind, event.text, event.source) == (Kind.ALERT, "5xx above 5%", "Prometheus")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"body": ""}, "Add a text, an address or a file"),
        ({"title": " "}, "what this shows"),
        ({"kind": "hearsay"}, "what kind of evidence"),
        ({"captured_at": context.now() + timedelta(days=1)}, "future"),
    ],
)
def test_says_what_is_missing(incident, responder, change, message, traces):
    seen = traces(incident)
    words = {"kind": "log", "title": "t", "body": "b"} | change
    with pytest.raises(ValidationError, match=message):
        attach_evidence(incident=incident, by=responder, **words)
    assert seen.none


def test_not_to_another_incident(note, private_incident, commander):
    with pytest.raises(ValidationError, match="another incident"):
        attach_evidence(incident=private_incident, by=commander, kind="log", title="t", body="b", event=note)


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        attach_evidence(incident=incident, by=stakeholder, kind="log", title="t", body="b")
