import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from incidents.models import Incident, Status
from incidents.workflow import declare_incident, join_incident, leave_incident, merge_incident
from tests.alerts.test_lock_order import at_once


@pytest.fixture
def other(responder, severity, service):
    return declare_incident(by=responder, title="Same again", severity=severity(3), services=[service])


def test_works(incident, other, commander, responder, traces):
    seen, seen_into = traces(other), traces(incident)
    merged = merge_incident(incident=other, into=incident, by=commander)
    assert (merged.status, merged.merged_into) == (Status.MERGED, incident)
    assert seen.texts == [f"merged this into {incident.reference}"]
    assert seen_into.texts == [f"merged {other.reference} into this"]
    assert (seen.actions, seen_into.actions) == (["incident.merged"], ["incident.absorbed"])
    assert seen.topics == ["incident.merged"]
    assert incident.participations.filter(user=responder).exists()


def test_ends_what_was_running(incident, other, commander):
    merge_incident(incident=other, into=incident, by=commander)
    assert not other.role_assignments.running().exists()
    assert not other.affected_services.running().exists()
    assert not other.update_schedules.filter(due_at__isnull=False).exists()


def test_a_suspected_one_can_be_merged(suspected, incident, commander):
    assert merge_incident(incident=suspected, into=incident, by=commander).status == Status.MERGED


def test_not_into_itself(incident, commander):
    with pytest.raises(ValidationError, match="into itself"):
        merge_incident(incident=incident, into=incident, by=commander)


def test_not_into_a_merged_one(incident, other, suspected, commander):
    merge_incident(incident=other, into=incident, by=commander)
    with pytest.raises(ValidationError, match="Choose another"):
        merge_incident(incident=suspected, into=other, by=commander)


def test_not_twice(incident, other, suspected, commander):
    merge_incident(incident=other, into=incident, by=commander)
    with pytest.raises(ValidationError, match="already merged"):
        merge_incident(incident=other, into=suspected, by=commander)


def test_a_private_one_does_not_leak_into_an_open_one(private_incident, incident, commander):
    with pytest.raises(ValidationError, match="private"):
        merge_incident(incident=private_incident, into=incident, by=commander)
    assert Incident.objects.get(pk=private_incident.pk).status == Status.INVESTIGATING


def test_not_into_a_private_one_out_of_reach(private_incident, other, responder):
    with pytest.raises(PermissionDenied):
        merge_incident(incident=other, into=private_incident, by=responder)


def test_stakeholder_is_refused(incident, suspected, stakeholder):
    with pytest.raises(PermissionDenied):
        merge_incident(incident=suspected, into=incident, by=stakeholder)


def test_being_on_a_public_one_gives_no_reach_of_a_private_one(
    private_incident, other, commander, responder, outsider
):
    join_incident(incident=other, by=outsider)
    merge_incident(incident=other, into=private_incident, by=commander)
    for person in (responder, outsider):
        assert private_incident not in Incident.objects.visible_to(person)


def test_nothing_of_a_private_one_stands_on_what_was_merged_into_it(
    private_incident, other, commander, responder, client
):
    merge_incident(incident=other, into=private_incident, by=commander)
    client.force_login(responder)
    for name in ("incident_detail", "audit_trail", "brief"):
        page = reverse(name, args=[other.reference])
        content = client.get(page).content.decode()
        assert private_incident.title not in content
        assert private_incident.reference not in content
    client.force_login(commander)
    assert private_incident.title in client.get(other.get_absolute_url()).content.decode()


def test_a_private_one_keeps_its_title_when_merged_into_another(private_incident, commander, severity):
    wider = declare_incident(by=commander, title="Wider", severity=severity(2), is_private=True)
    merge_incident(incident=private_incident, into=wider, by=commander)
    assert private_incident.title not in "".join(f"{e.text}{e.detail}" for e in wider.timeline.all())


@pytest.mark.django_db(transaction=True)
def test_waits_for_whoever_holds_both_people_of_it(incident, other, commander, responder):
    """Many rows are held in the order of their keys; the people of the other incident come in another."""
    join_incident(incident=incident, by=responder)
    join_incident(incident=other, by=commander)
    for person in (responder, commander):
        leave_incident(incident=incident, by=person)
    held = incident.participations.order_by("pk").select_for_update()
    at_once(
        lambda: held.get(user=commander),
        lambda: merge_incident(incident=other, into=incident, by=commander),
        lambda: held.get(user=responder),
    )
    assert incident.participations.filter(left_at=None).count() == 2
