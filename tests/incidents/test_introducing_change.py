"""Is the last change before the impact suggested as what introduced it, and does one press say so?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audit import context
from incidents.incident_queries import changes_near
from incidents.models import ChangeEvent
from incidents.workflow import mark_introducing_change, record_change, set_milestones, set_service_impact


@pytest.fixture
def changes(incident, responder, ago):
    """Ten and five minutes before the impact, and one after it."""
    set_milestones(incident=incident, by=responder, moments={"impact_started_at": ago(minutes=30)})
    incident.refresh_from_db()
    made = [
        record_change(incident=incident, by=responder, title=title, at=ago(minutes=minutes))
        for title, minutes in (("v1", 40), ("v2", 35), ("v3", 10))
    ]
    incident.refresh_from_db()
    return made


def suggested(incident, user):
    incident.refresh_from_db()
    return [one.title for one in changes_near(user, incident, context.now()) if one.may_have_introduced]


def test_the_last_before_the_impact(incident, responder, changes):
    assert suggested(incident, responder) == ["v2"]


def test_it_is_said_once(client, incident, responder, changes):
    client.force_login(responder)
    page = client.get(incident.get_absolute_url()).content.decode()
    assert page.count("Mark as introducing it") == 1
    client.post(reverse("introduction", args=[incident.reference, changes[1].pk]))
    incident.refresh_from_db()
    assert incident.introduced_at == changes[1].at
    assert list(incident.suspected_changes.all()) == [changes[1]]
    assert suggested(incident, responder) == []
    assert "It introduced the problem." in client.get(incident.get_absolute_url()).content.decode()


def test_not_one_after_the_impact(incident, responder, changes):
    with pytest.raises(ValidationError):
        mark_introducing_change(incident=incident, change=changes[2], by=responder)
    assert not incident.suspected_changes.exists()


def test_not_by_those_who_read(incident, stakeholder, changes):
    with pytest.raises(PermissionDenied):
        mark_introducing_change(incident=incident, change=changes[1], by=stakeholder)


def test_a_change_of_a_service_stays_when_the_service_works_again(incident, commander, service, ago):
    """The retrospective asks for it then."""
    ChangeEvent.objects.create(title="Flag on", at=ago(minutes=20), service=service)
    for impact in ("degraded", None):
        set_service_impact(incident=incident, service=service, impact=impact, by=commander)
    assert not incident.affected_services.running().exists()
    assert [one.title for one in changes_near(commander, incident, context.now())] == ["Flag on"]
