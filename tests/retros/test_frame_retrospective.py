from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.workflow import Conflict, add_person, declare_incident
from retros.models import Retrospective, Subject
from retros.workflow import (
    add_participants,
    frame_retrospective,
    open_retrospective,
    remove_participant,
    responded,
    start_retrospective,
)


def test_of_a_sprint_without_an_incident(responder):
    made = open_retrospective(
        by=responder, title="Sprint 14", subject=Subject.SPRINT, period_from=date(2026, 11, 2)
    )
    assert (made.incident, made.due_on, made.subject) == (None, None, "sprint")


def test_of_several_incidents(commander, incident, severity):
    other = declare_incident(by=commander, title="Again", severity=severity(1))
    made = open_retrospective(by=commander, title="Both", incidents=[incident, other])
    assert set(made.incidents.all()) == {incident, other}
    assert made.incident == incident


def test_of_one_incident_says_what_was_asked_for(commander, incident, outsider):
    made = open_retrospective(
        by=commander,
        title="Ours",
        incidents=[incident],
        scope="From the page on",
        period_from=date(2026, 11, 2),
        is_private=True,
        form_token=uuid4(),
    )
    assert (made.incident, made.title, made.scope) == (incident, "Ours", "From the page on")
    assert made.form_token
    assert made.period_from
    assert not Retrospective.objects.visible_to(outsider).exists()


def test_one_incident_has_one_of_its_own(commander, incident):
    own = start_retrospective(incident=incident, by=commander)
    with pytest.raises(ValidationError, match="has its retrospective already"):
        open_retrospective(by=commander, title="x", incidents=[incident])
    assert Retrospective.objects.get() == own


def test_the_same_form_again_makes_none(responder):
    token = uuid4()
    first = open_retrospective(by=responder, title="Release 5", subject=Subject.RELEASE, form_token=token)
    again = open_retrospective(by=responder, title="Release 5", subject=Subject.RELEASE, form_token=token)
    assert first == again
    assert Retrospective.objects.count() == 1


def test_a_private_incident_makes_it_private_and_is_out_of_reach_for_others(
    commander, outsider, private_incident, incident
):
    made = open_retrospective(by=commander, title="x", incidents=[incident, private_incident])
    assert made.is_private
    assert Retrospective.objects.visible_to(commander).get() == made, "whoever starts it sits at its table"
    assert not Retrospective.objects.visible_to(outsider).exists()
    with pytest.raises(PermissionDenied):
        open_retrospective(by=outsider, title="x", incidents=[incident, private_incident])


def test_change_the_frame(retrospective, commander, responder, left):
    seen = left(retrospective)
    frame_retrospective(
        retrospective=retrospective, by=commander, scope="All of it", facilitator=responder, version=0
    )
    stored = Retrospective.objects.get()
    assert (stored.scope, stored.facilitator, stored.version) == ("All of it", responder, 1)
    assert seen.actions == seen.topics == ["retrospective.framed"]


def test_nothing_changed_leaves_nothing(retrospective, commander, left):
    seen = left(retrospective)
    frame_retrospective(retrospective=retrospective, by=commander, title=retrospective.title)
    assert seen.nothing


def test_an_older_form_conflicts(retrospective, commander):
    frame_retrospective(retrospective=retrospective, by=commander, scope="Mine", version=0)
    with pytest.raises(Conflict):
        frame_retrospective(retrospective=retrospective, by=commander, scope="Late", version=0)
    assert Retrospective.objects.get().scope == "Mine"


def test_who_is_not_in_charge_is_refused(retrospective, responder):
    with pytest.raises(PermissionDenied):
        frame_retrospective(retrospective=retrospective, by=responder, scope="x")


def test_who_responded_is_named(retrospective, commander, outsider):
    assert [i.reference for i in responded(commander, retrospective)] == [retrospective.incident.reference]
    assert responded(outsider, retrospective) == []


def test_participants_come_and_go_and_hear_of_it(retrospective, commander, responder, stakeholder, left):
    seen = left(retrospective)
    assert add_participants(retrospective=retrospective, by=commander, people=[responder, stakeholder]) == 2
    assert add_participants(retrospective=retrospective, by=commander, people=[responder]) == 0
    assert Retrospective.objects.visible_to(stakeholder).exists(), "as a participant they see it"
    remove_participant(
        retrospective=retrospective,
        by=commander,
        participant=retrospective.participants.get(user=stakeholder),
    )
    assert not Retrospective.objects.visible_to(stakeholder).exists()
    assert seen.actions == ["participants.added", "participant.removed"]


def test_of_a_private_incident_only_who_can_see_it(private_incident, commander, responder):
    own = start_retrospective(incident=private_incident, by=commander, owner=commander)
    with pytest.raises(ValidationError, match="which is private"):
        add_participants(retrospective=own, by=commander, people=[responder])
    with pytest.raises(ValidationError, match="cannot see"):
        frame_retrospective(retrospective=own, by=commander, facilitator=responder)
    assert not own.participants.filter(user=responder).exists()
    add_person(incident=private_incident, user=responder, by=commander)
    assert add_participants(retrospective=own, by=commander, people=[responder]) == 1


def test_what_came_from_a_private_incident_keeps_it_in(commander, incident, private_incident, outsider, left):
    both = open_retrospective(
        by=commander, title="Both", incidents=[incident, private_incident], owner=commander
    )
    assert both.entries.filter(event__incident=private_incident).exists()
    seen = left(both)
    with pytest.raises(ValidationError, match="contains parts of it"):
        frame_retrospective(retrospective=both, by=commander, incidents=[incident], is_private=False)
    assert private_incident in both.incidents.all()
    assert not Retrospective.objects.visible_to(outsider).exists()
    assert seen.nothing


def test_one_that_left_nothing_behind_goes_again(retrospective, commander, incident, private_incident):
    frame_retrospective(retrospective=retrospective, by=commander, incidents=[incident, private_incident])
    frame_retrospective(retrospective=retrospective, by=commander, incidents=[incident])
    assert list(retrospective.incidents.all()) == [incident]


def test_a_private_incident_comes_in_only_where_everybody_there_can_see_it(
    retrospective, commander, responder, incident, private_incident
):
    add_participants(retrospective=retrospective, by=commander, people=[responder])
    both = {"incidents": [incident, private_incident], "is_private": False}
    with pytest.raises(ValidationError, match="Responder Example cannot see"):
        frame_retrospective(retrospective=retrospective, by=commander, **both)
    assert Retrospective.objects.visible_to(responder).exists()
    add_person(incident=private_incident, user=responder, by=commander)
    assert frame_retrospective(retrospective=retrospective, by=commander, **both).is_private


def test_whoever_makes_it_private_still_sees_it(incident, commander, responder, outsider):
    own = start_retrospective(incident=incident, by=commander)
    frame_retrospective(retrospective=own, by=responder, is_private=True)
    assert Retrospective.objects.visible_to(responder).get() == own
    assert not Retrospective.objects.visible_to(outsider).exists()


def test_pages(client, commander, incident, private_incident):
    client.force_login(commander)
    assert client.get(f"/incidents/{incident.reference}/retrospective/").status_code == 200
    assert client.post(f"/incidents/{incident.reference}/retrospective/").status_code == 302
    own = Retrospective.objects.get()
    assert client.get(f"/incidents/{incident.reference}/retrospective/").url == own.get_absolute_url()
    page = client.get(own.get_absolute_url() + "frame/")
    assert b"Save frame" in page.content
    fields = {"title": "Ours", "subject": "incident", "incidents": incident.reference, "version": own.version}
    fields |= {"facilitator": commander.pk}
    assert client.post(own.get_absolute_url() + "frame/", fields).status_code == 302
    assert b"was on INC-" in client.get(own.get_absolute_url() + "frame/").content
    late = client.post(own.get_absolute_url() + "frame/", fields | {"title": "Late"})
    assert late.status_code == 409
    assert b"Ours" in late.content
    assert b"Late" in late.content
    unknown = {"subject": "incident", "incidents": "INC-999", "form_token": uuid4()}
    odd = client.post("/retrospectives/new/", unknown)
    assert b"INC-999 is not an incident you can see" in odd.content
