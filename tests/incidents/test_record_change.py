from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audit import context
from incidents.models import ChangeEvent
from incidents.workflow import record_change, set_service_impact, suspect_change
from timeline.models import Kind
from timeline.workflow import write_event


def test_works(incident, responder, service, ago, traces):
    seen = traces(incident)
    change = record_change(
        incident=incident, by=responder, title="v230 → v231", at=ago(minutes=30), service=service
    )
    assert list(incident.changes.all()) == [change]
    assert (seen.events[0].kind, seen.events[0].occurred_at) == (Kind.CHANGE, change.at)
    assert (seen.texts, seen.actions, seen.topics) == (
        ["v230 → v231"],
        ["change.recorded"],
        ["change.recorded"],
    )


def test_what_the_timeline_tells_already_is_not_told_twice(incident, responder, ago, traces):
    row = write_event(
        incident=incident, by=responder, text="Deployed", kind=Kind.CHANGE, occurred_at=ago(minutes=3)
    )
    seen = traces(incident)
    change = record_change(incident=incident, by=responder, title="v231", at=ago(minutes=3), told_by=row)
    assert (seen.texts, seen.actions) == ([], ["change.recorded"])
    row.refresh_from_db()
    assert row.data["change"] == change.pk


def test_needs_a_title_and_a_past(incident, responder):
    with pytest.raises(ValidationError, match="what was changed"):
        record_change(incident=incident, by=responder, title="", at=context.now())
    with pytest.raises(ValidationError, match="future"):
        record_change(incident=incident, by=responder, title="x", at=context.now() + timedelta(hours=1))


def test_changes_of_the_last_two_hours(incident, responder, service, ago):
    for hours in (0.5, 1.5, 2.5):
        record_change(incident=incident, by=responder, title=f"{hours}", at=ago(hours=hours), service=service)
    record_change(incident=incident, by=responder, title="anywhere", at=ago(hours=1))
    found = ChangeEvent.objects.before(context.now(), services=[service.pk])
    assert [c.title for c in found] == ["0.5", "anywhere", "1.5"]
    assert [c.title for c in ChangeEvent.objects.before(context.now(), services=[])] == ["anywhere"]


def test_stakeholder_is_refused(incident, stakeholder, ago):
    with pytest.raises(PermissionDenied):
        record_change(incident=incident, by=stakeholder, title="x", at=ago(minutes=1))


def test_suspect_change(incident, responder, ago, traces):
    change = record_change(incident=incident, by=responder, title="v231", at=ago(minutes=3))
    seen = traces(incident)
    for suspected in (True, True, False, False):
        suspect_change(incident=incident, change=change, by=responder, suspected=suspected)
    assert seen.texts == ["suspects the change v231", "no longer suspects the change v231"]
    assert seen.actions == seen.topics == ["change.suspected", "change.cleared"]


def test_what_a_private_incident_tells_stays_with_it(
    private_incident, incident, commander, outsider, service, ago, client
):
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
    change = record_change(
        incident=private_incident, by=commander, title="Zephyrquartz out", at=ago(minutes=5), service=service
    )
    assert list(ChangeEvent.objects.visible_to(commander)) == [change]
    assert not ChangeEvent.objects.visible_to(outsider).exists()
    page = reverse("incident_detail", args=[incident.reference])
    client.force_login(commander)
    assert b"Zephyrquartz" in client.get(page).content
    client.force_login(outsider)
    assert b"Zephyrquartz" not in client.get(page).content
    suspicion = reverse("suspicion", args=[incident.reference, change.pk])
    assert client.post(suspicion, {"suspected": "yes"}).status_code == 404


def test_a_change_that_nobody_told_is_everybodys(stakeholder, service, ago):
    change = ChangeEvent.objects.create(title="v9", service=service, at=ago(minutes=5))
    assert list(ChangeEvent.objects.visible_to(stakeholder)) == [change]
