from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from timeline.models import KEY_KINDS, Kind
from timeline.workflow import write_event


def test_works(incident, responder, traces):
    seen = traces(incident)
    event = write_event(incident=incident, by=responder, text=" Errors rise ", detail="38%")
    assert (event.text, event.kind, event.actor, event.is_late) == (
        "Errors rise",
        Kind.NOTE,
        responder,
        False,
    )
    assert seen.actions == ["timeline.written"]


def test_backdated_shows_both_times(incident, responder, ago):
    event = write_event(
        incident=incident, by=responder, text="x", occurred_at=ago(minutes=20), precision_seconds=60
    )
    assert event.is_late
    assert event.recorded_at > event.occurred_at


def test_not_in_the_future(incident, responder, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match="future"):
        write_event(
            incident=incident, by=responder, text="x", occurred_at=context.now() + timedelta(minutes=1)
        )
    assert seen.none


def test_an_answer_stands_with_its_question(incident, responder):
    question = write_event(incident=incident, by=responder, text="Saved cards too?", kind=Kind.QUESTION)
    answer = write_event(incident=incident, by=responder, text="Both.", answers=question)
    assert (answer.kind, list(question.replies.all())) == (Kind.ANSWER, [answer])


def test_not_to_a_question_elsewhere(incident, private_incident, commander):
    question = write_event(incident=private_incident, by=commander, text="?", kind=Kind.QUESTION)
    with pytest.raises(ValidationError, match="another incident"):
        write_event(incident=incident, by=commander, text="x", answers=question)


@pytest.mark.parametrize("kind", [Kind.MILESTONE, Kind.STATUS, Kind.SEVERITY, "rumour"])
def test_nobody_writes_what_only_verbs_write(incident, responder, kind):
    with pytest.raises(ValidationError, match="created automatically"):
        write_event(incident=incident, by=responder, text="x", kind=kind)


def test_needs_a_text(incident, responder):
    with pytest.raises(ValidationError, match="Write what happened"):
        write_event(incident=incident, by=responder, text=" ")


def test_after_closing_recollections_are_welcome(incident, responder):
    type(incident).objects.update(status="closed")
    assert write_event(
        incident=incident, by=responder, text="I remember", is_recollection=True
    ).is_recollection


def test_key_rows_are_what_decided_something(incident, responder):
    write_event(incident=incident, by=responder, text="note")
    decision = write_event(incident=incident, by=responder, text="Roll back", kind=Kind.DECISION)
    keys = incident.timeline.key()
    assert decision in keys
    assert {e.kind for e in keys} <= set(KEY_KINDS)


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        write_event(incident=incident, by=stakeholder, text="x")


def test_outsider_of_a_private_incident_is_refused(private_incident, outsider):
    with pytest.raises(PermissionDenied):
        write_event(incident=private_incident, by=outsider, text="x")
