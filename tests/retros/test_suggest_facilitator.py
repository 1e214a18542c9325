"""Who is suggested to facilitate, why, and what one click does?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from incidents.workflow import add_person
from retros.models import Retrospective, Subject
from retros.rotation import suggested_facilitators
from retros.workflow import add_participants, frame_retrospective, open_retrospective, start_retrospective


@pytest.fixture
def held(admin):
    """`held(person, days)`: a sprint retrospective that `person` facilitated so many days ago."""

    def make(person, days, **fields):
        Retrospective.objects.create(
            title=f"Sprint of {days} days ago",
            subject=Subject.SPRINT,
            facilitator=person,
            session_started_at=timezone.now() - timedelta(days=days),
            **fields,
        )

    return make


def names(retrospective, reader):
    return [one.person.name.split()[0].lower() for one in suggested_facilitators(retrospective, reader)]


def test_who_did_not_respond_and_facilitated_least_comes_first(
    retrospective, commander, responder, outsider, admin, stakeholder, held
):
    held(admin, 30)
    held(outsider, 200)
    held(responder, 40)
    held(responder, 20)
    assert names(retrospective, commander) == ["outsider", "admin", "responder"]
    held(outsider, 400)
    first = suggested_facilitators(retrospective, commander)[0]
    reference = retrospective.incident.reference
    assert first.reason.startswith(
        f"Did not respond to {reference}. Facilitated once in the last 12 months, most recently on "
    )


def test_who_responded_or_cannot_see_it_is_not_suggested(
    private_incident, commander, responder, outsider, admin
):
    own = start_retrospective(incident=private_incident, by=commander, owner=commander)
    assert names(own, commander) == []
    outsider.sees_private_incidents = True
    outsider.save()
    add_person(incident=private_incident, user=responder, by=commander)
    assert names(own, commander) == ["outsider"]


def test_private_retrospectives_are_not_counted_for_those_who_cannot_see_them(
    retrospective, commander, outsider, held
):
    held(outsider, 10, is_private=True)
    (one,) = [one for one in suggested_facilitators(retrospective, commander) if one.person == outsider]
    assert one.reason.endswith("Has not facilitated in the last 12 months.")


def test_one_click_takes_the_suggestion(client, retrospective, commander, outsider, responder):
    page = f"{retrospective.get_absolute_url()}frame/"
    client.force_login(commander)
    shown = client.get(page).content.decode()
    assert "Make facilitator: Outsider Example" in shown
    assert shown.index('id="session-h"') < shown.index('id="people-h"') < shown.index('id="frame-h"')
    taken = client.post(
        f"{retrospective.get_absolute_url()}facilitator/", {"person": outsider.pk, "here": "frame"}
    )
    assert taken.url == f"{page}#session"
    retrospective.refresh_from_db()
    assert retrospective.facilitator == outsider
    assert AuditEntry.objects.of(retrospective.chain).last().action == "retrospective.framed"
    assert "Make facilitator: Responder Example" not in client.get(page).content.decode()


def test_one_who_responded_is_offered_others(client, retrospective, commander, outsider):
    frame_retrospective(retrospective=retrospective, by=commander, facilitator=commander)
    client.force_login(commander)
    shown = client.get(retrospective.get_absolute_url()).content.decode()
    assert "Suggested instead of Commander Example" in shown


def test_several_participants_are_added_at_once(client, retrospective, commander, responder, outsider):
    client.force_login(commander)
    address = f"{retrospective.get_absolute_url()}participants/"
    nobody = client.post(address)
    assert "Choose at least one person." in nobody.content.decode()
    assert client.post(address, {"people": [responder.pk, outsider.pk]}).status_code == 302
    assert {one.user for one in retrospective.participants.all()} == {responder, outsider}


def test_readers_are_suggested_nothing(client, commander, responder, outsider):
    own = open_retrospective(by=commander, title="Sprint 3", subject=Subject.SPRINT, owner=commander)
    add_participants(retrospective=own, by=commander, people=[responder])
    client.force_login(responder)
    assert "Make Outsider" not in client.get(f"{own.get_absolute_url()}frame/").content.decode()
    refused = client.post(f"{own.get_absolute_url()}facilitator/", {"person": outsider.pk})
    assert refused.status_code == 403
