from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audit import context
from timeline.workflow import edit_event, remove_event, star_event


def test_keeps_what_it_said_before(note, responder, commander, ago, traces):
    seen = traces(note.incident)
    edited = edit_event(event=note, by=commander, text="Errors fall", occurred_at=ago(minutes=3))
    before = edited.edits.get()
    assert (edited.text, before.before["text"], before.by) == ("Errors fall", "Errors rise", commander)
    assert edited.edited_at is not None
    assert seen.actions == ["timeline.edited"]


def test_the_same_again_writes_nothing(note, responder, traces):
    seen = traces(note.incident)
    edit_event(event=note, by=responder, text=note.text, occurred_at=note.occurred_at)
    assert seen.none
    assert not note.edits.exists()


def test_what_allclear_wrote_keeps_its_words(incident, commander, ago):
    row = incident.timeline.get(text="took command")
    with pytest.raises(ValidationError, match="Allclear wrote this row"):
        edit_event(event=row, by=commander, text="stole commander", occurred_at=row.occurred_at)
    moved = edit_event(event=row, by=commander, text=row.text, occurred_at=ago(minutes=1), phase="escalated")
    assert moved.phase == "escalated"


def test_a_milestone_is_corrected_as_a_milestone(incident, commander, ago):
    row = incident.timeline.get(text="Declared")
    with pytest.raises(ValidationError, match="Correct the milestone itself"):
        edit_event(event=row, by=commander, text=row.text, occurred_at=ago(minutes=1))


@pytest.mark.parametrize("text", ["", "  "])
def test_needs_a_text(note, responder, text):
    with pytest.raises(ValidationError):
        edit_event(event=note, by=responder, text=text, occurred_at=note.occurred_at)


def test_not_in_the_future(note, responder):
    with pytest.raises(ValidationError, match="future"):
        edit_event(event=note, by=responder, text="x", occurred_at=context.now() + timedelta(minutes=1))


def test_stakeholder_is_refused(note, stakeholder):
    with pytest.raises(PermissionDenied):
        edit_event(event=note, by=stakeholder, text="x", occurred_at=note.occurred_at)


def test_remove_event_hides_it_once(note, responder, incident, traces):
    seen = traces(incident)
    for _ in range(2):
        remove_event(event=note, by=responder)
    assert note not in incident.timeline.standing()
    assert note in incident.timeline.all()
    assert seen.actions == ["timeline.removed"]


def test_remove_event_leaves_what_allclear_wrote(incident, commander):
    with pytest.raises(ValidationError, match="can't be removed"):
        remove_event(event=incident.timeline.first(), by=commander)


def test_star_event(note, responder, incident, traces):
    seen = traces(incident)
    for starred in (True, True, False):
        star_event(event=note, by=responder, starred=starred)
        assert (note in incident.timeline.starred()) == starred
    assert seen.actions == ["timeline.starred", "timeline.unstarred"]


def test_two_at_once_both_keep_their_words(note, commander, client):
    page = reverse("event", args=[note.incident.reference, note.pk])
    client.force_login(commander)
    sent = {"text": "Errors fall", "occurred_at": f"{note.occurred_at:%Y-%m-%dT%H:%M:%S}", "version": 0}
    assert client.post(page, sent).status_code == 302
    late = client.post(page, sent | {"text": "Errors stay"})
    assert late.status_code == 409
    assert b"Errors fall" in late.content
    assert b"Errors stay" in late.content
    note.refresh_from_db()
    assert note.text == "Errors fall"
    again = client.post(page, sent | {"text": "Both", "version": late.context["form"]["version"].value()})
    assert again.status_code == 302


def test_a_time_left_alone_stays_to_the_fraction(note, incident, commander, client):
    client.force_login(commander)
    for row in (note, incident.timeline.get(text="Declared")):
        page = reverse("event", args=[incident.reference, row.pk])
        form = client.get(page).context["form"]
        sent = {name: form[name].value() for name in ("text", "detail", "version")}
        sent |= {"occurred_at": f"{row.occurred_at:%Y-%m-%dT%H:%M:%S}", "phase": "escalated"}
        assert client.post(page, sent).status_code == 302
        before, at = row.phase, row.occurred_at
        row.refresh_from_db()
        assert (before, row.phase, row.occurred_at) == ("", "escalated", at)
