import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Role
from incidents.workflow import assign_role, change_visibility, create_brief_link, declare_incident
from notifications.models import OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice


@pytest.fixture
def commander_role(db) -> Role:
    return Role.objects.get(slug="commander")


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


def test_hiding_keeps_who_declared_it_who_commanded_it_and_administrators(
    commander, responder, outsider, admin, severity, commander_role
):
    """A responder who takes command cannot remove others from the incident by making it private."""
    incident = declare_incident(by=outsider, title="Payments fail", severity=severity(2), takes_command=False)
    assign_role(incident=incident, role=commander_role, user=commander, by=commander)
    assign_role(incident=incident, role=commander_role, user=responder, by=responder)
    change_visibility(incident=incident, is_private=True, by=responder)
    for person in (outsider, commander, admin):
        assert incident in Incident.objects.visible_to(person)
    message = OutboxMessage.objects.filter(topic="visibility.changed").latest("created_at")
    assert set(message.payload["recipients"]) == {outsider.pk, commander.pk, admin.pk}


def test_those_who_stay_are_notified(incident, commander, responder, admin, commander_role):
    assign_role(incident=incident, role=commander_role, user=responder, by=responder)
    change_visibility(incident=incident, is_private=True, by=responder)
    consume(OutboxMessage.objects.filter(topic="visibility.changed").latest("created_at"))
    notified = Notice.objects.filter(title__contains="private").values_list("person", flat=True)
    assert set(notified) == {commander.pk, admin.pk}


def test_who_loses_command_to_somebody_is_notified(incident, commander, responder, commander_role):
    assign_role(incident=incident, role=commander_role, user=responder, by=responder)
    consume(OutboxMessage.objects.get(topic="role.taken_over"))
    notice = Notice.objects.get(message__topic="role.taken_over")
    assert notice.person == commander
    assert f"{responder} is commander now" in notice.title


def test_who_hands_command_over_is_not(incident, commander, responder, commander_role):
    assign_role(incident=incident, role=commander_role, user=responder, by=commander)
    assert not OutboxMessage.objects.filter(topic="role.taken_over").exists()
