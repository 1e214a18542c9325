import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident
from incidents.workflow import change_visibility, create_brief_link


def test_hides_it_from_those_who_are_not_on_it(incident, commander, outsider, traces):
    seen = traces(incident)
    assert incident in Incident.objects.visible_to(outsider)
    hidden = change_visibility(incident=incident, is_private=True, by=commander)
    assert incident not in Incident.objects.visible_to(outsider)
    assert incident in Incident.objects.visible_to(commander)
    assert hidden.version == incident.version + 1
    assert (seen.texts, seen.actions, seen.topics) == (
        ["made this private"],
        ["visibility.changed"],
        ["visibility.changed"],
    )


def test_opens_it_again(private_incident, commander, outsider):
    change_visibility(incident=private_incident, is_private=False, by=commander)
    assert private_incident in Incident.objects.visible_to(outsider)


def test_an_administrator_may_and_stays_on_it(incident, admin):
    change_visibility(incident=incident, is_private=True, by=admin)
    assert incident in Incident.objects.visible_to(admin)


def test_the_same_again_writes_nothing(incident, commander, traces):
    seen = traces(incident)
    change_visibility(incident=incident, is_private=False, by=commander)
    assert seen.none


def test_another_responder_is_refused(incident, responder):
    with pytest.raises(PermissionDenied):
        change_visibility(incident=incident, is_private=True, by=responder)


def test_an_administrator_out_of_reach_is_refused(private_incident, admin):
    with pytest.raises(PermissionDenied):
        change_visibility(incident=private_incident, is_private=False, by=admin)


def test_hiding_closes_the_links_to_the_brief(incident, commander):
    link = create_brief_link(incident=incident, by=commander)
    change_visibility(incident=incident, is_private=True, by=commander)
    link.refresh_from_db()
    assert not link.is_open()
    with pytest.raises(ValidationError):
        create_brief_link(incident=incident, by=commander)
