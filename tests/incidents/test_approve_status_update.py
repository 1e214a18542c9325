"""Where the severity asks for approval, does nothing leave without it?"""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from incidents.models import Role, Severity, StatusUpdate
from incidents.workflow import (
    approve_status_update,
    assign_role,
    change_severity,
    mitigate_incident,
    post_status_update,
    release_role,
    resolve_incident,
    return_status_update,
    withdraw_status_update,
)
from tests.conftest import NOT_SENT


@pytest.fixture(autouse=True)
def _approval(db):
    Severity.objects.filter(rank=2).update(approves_updates=True)


@pytest.fixture
def words(incident, responder):
    incident.refresh_from_db()
    return {
        "incident": incident,
        "by": responder,
        "audiences": ["stakeholders"],
        "known": "Slow.",
        "unknown": "why",
        "next_update_at": timezone.now() + timedelta(minutes=20),
    }


@pytest.fixture
def update(words):
    return post_status_update(**words)


def test_it_waits(incident, words, traces):
    seen = traces(incident)
    update = post_status_update(**words)
    assert update.state == "awaiting"
    assert (seen.topics, seen.actions) == (["status_update.awaiting"], ["status_update.written"])
    assert not incident.update_schedules.filter(promised_at__isnull=False).exists()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert not StatusUpdate.objects.out().exists()


def test_the_commander_and_the_deputy_need_nobody(incident, commander, admin, words):
    assert post_status_update(**words | {"by": commander}).state == "posted"
    assign_role(incident=incident, role=Role.objects.get(slug="deputy"), user=admin, by=commander)
    assert post_status_update(**words | {"by": admin}).state == "posted"


def test_nobody_to_ask_stops_nobody(incident, commander, words):
    release_role(incident=incident, role=Role.objects.get(slug="commander"), user=commander, by=commander)
    assert post_status_update(**words).state == "posted"


def test_approved_it_leaves(incident, commander, responder, update, traces):
    seen = traces(incident)
    approved = approve_status_update(update=update, by=commander)
    assert (approved.state, approved.approver, approved.author) == ("posted", commander, responder)
    assert seen.topics == ["status_update.posted"]
    assert seen.actions == ["status_update.approved", "status_update.posted"]
    assert seen.events[0].actor == responder
    assert incident.update_schedules.get(audience="stakeholders").promised_at == update.next_update_at


def test_twice_is_refused(commander, update):
    approve_status_update(update=update, by=commander)
    with pytest.raises(ValidationError, match="posted already"):
        approve_status_update(update=update, by=commander)


def test_a_promise_that_has_passed_is_not_approved(commander, update):
    with time_machine.travel(update.next_update_at), pytest.raises(ValidationError, match="has passed"):
        approve_status_update(update=update, by=commander)


def test_what_is_not_so_any_more_is_not_approved(client, incident, commander, update):
    """The public would read that what is resolved has come back."""
    incident = mitigate_incident(incident=incident, by=commander)
    resolve_incident(
        incident=incident, by=commander, waive_reason="not checked in this test", unsent=NOT_SENT
    )
    with pytest.raises(ValidationError, match="resolved now"):
        approve_status_update(update=update, by=commander)
    update.refresh_from_db()
    assert update.state == "awaiting"
    client.force_login(commander)
    page = client.get(f"{incident.get_absolute_url()}status-updates/{update.pk}/approval/").content.decode()
    assert "It is resolved now" in page
    assert "Approve update" not in page
    assert "Return update" in page


def test_it_leaves_under_the_severity_of_now(incident, commander, severity, update):
    change_severity(incident=incident, severity=severity(1), by=commander)
    Severity.objects.filter(rank=1).update(approves_updates=True)
    assert approve_status_update(update=update, by=commander).severity == severity(1)


def test_returned_with_a_reason(commander, update, traces):
    seen = traces(update.incident)
    with pytest.raises(ValidationError, match="different"):
        return_status_update(update=update, by=commander, reason=" ")
    assert return_status_update(update=update, by=commander, reason="Say since when").state == "returned"
    assert (seen.topics, seen.actions) == (["status_update.returned"], ["status_update.returned"])


def test_its_author_may_take_it_back(responder, update):
    assert withdraw_status_update(update=update, by=responder).state == "withdrawn"


@pytest.mark.parametrize("who", ["responder", "outsider", "stakeholder"])
def test_nobody_else_decides(request, update, who):
    person = request.getfixturevalue(who)
    for verb, extra in ((approve_status_update, {}), (return_status_update, {"reason": "x"})):
        with pytest.raises(PermissionDenied):
            verb(update=update, by=person, **extra)


def test_the_pages(client, commander, responder, incident, update):
    address = f"{incident.get_absolute_url()}status-updates/{update.pk}/approval/"
    client.force_login(responder)
    assert "waits for the commander" in client.get(incident.get_absolute_url()).content.decode()
    assert "Approve update" not in client.get(address).content.decode()
    assert client.post(address).status_code == 403
    client.force_login(commander)
    assert address in client.get(incident.get_absolute_url()).content.decode()
    assert "Approve update" in client.get(address).content.decode()
    client.post(address.replace("approval", "objection"), {"reason": "Since when?"})
    client.force_login(responder)
    room = client.get(incident.get_absolute_url()).content.decode()
    assert "Since when?" in room
    assert (
        "Slow."
        in client.get(f"{incident.get_absolute_url()}status-updates/new/?again={update.pk}").content.decode()
    )
    client.force_login(commander)
    assert (
        "Since when?"
        not in client.get(incident.get_absolute_url()).content.decode().split('id="timeline"')[0]
    )


@pytest.mark.parametrize("role", ["commander", "deputy"])
def test_nobody_takes_a_role_to_approve_what_is_waiting(incident, update, outsider, role):
    assign_role(incident=incident, role=Role.objects.get(slug=role), user=outsider, by=outsider)
    with pytest.raises(PermissionDenied, match="before it was written"):
        approve_status_update(update=update, by=outsider)
    with pytest.raises(PermissionDenied):
        return_status_update(update=update, by=outsider, reason="no")
