"""A reminder that has become due: who gets it, what it offers, and when it is not said any more."""

from datetime import timedelta

import pytest

from audit import context
from incidents.models import Cadence, Role
from incidents.tasks import send_due_update_reminders
from incidents.workflow import (
    assign_role,
    mitigate_incident,
    release_role,
    request_update,
    resolve_incident,
)
from notifications.models import Delivery, OutboxMessage
from notifications.workflow import withdraw
from subscribers.announcements.routing import consume
from subscribers.models import Notice
from tests.conftest import NOT_SENT


@pytest.fixture
def remind(db):
    """`remind(incident, minutes=20)`: the newest reminder the schedules wrote that long after the declaration."""
    Cadence.objects.exclude(audience="stakeholders").delete()

    def run(incident, minutes=20):
        with context.at(incident.declared_at + timedelta(minutes=minutes)):
            send_due_update_reminders()
        return OutboxMessage.objects.filter(topic="reminder.due", subject=incident.chain).latest("created_at")

    return run


def mails(message) -> list[Delivery]:
    consume(message)
    return list(message.deliveries.all())


def test_leads_to_the_composer_in_one_tap(remind, incident, commander, responder, outsider):
    [mail] = mails(remind(incident))
    assert mail.address == commander.email
    assert "stakeholder update" in mail.content["subject"]
    assert "overdue" in mail.content["subject"]
    assert f"{incident.get_absolute_url()}status-updates/new/?audience=stakeholders" in mail.content["text"]
    assert "Write the update" in mail.content["html"]
    notice = Notice.objects.get()
    assert (notice.person, notice.kind) == (commander, "duty")
    assert "status-updates/new/" in notice.url


def test_goes_to_named_addresses_as_well_each_once(remind, incident, commander):
    message = remind(incident)
    message.payload["addresses"] = ["duty@example.test", commander.email.upper()]
    assert sorted(m.address for m in mails(message)) == [commander.email, "duty@example.test"]


def test_never_leaves_a_private_incident_but_for_those_on_it(remind, private_incident, commander, outsider):
    message = remind(private_incident)
    message.payload["addresses"] = ["duty@example.test"]
    message.payload["recipients"] = [commander.pk, outsider.pk]
    assert [m.address for m in mails(message)] == [commander.email]
    assert not Notice.objects.filter(person=outsider).exists()


def test_can_be_called_back_together(remind, incident):
    message = remind(incident)
    assert mails(message)
    assert withdraw(group=message.payload["group"]) == 1
    assert Delivery.objects.get(message=message).state == "withdrawn"


def test_is_not_said_when_the_update_has_been_posted(remind, incident, post):
    message = remind(incident)
    post(incident, "stakeholders")
    assert mails(message) == []
    assert not Notice.objects.exists()


def test_is_not_said_after_resolution(remind, incident, commander):
    message = remind(incident)
    contained = mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=contained, by=commander, waive_reason="not checked", unsent=NOT_SENT)
    assert mails(message) == []
    assert not Notice.objects.exists()


def test_unclaimed_command_until_somebody_takes_it(remind, incident, commander, responder):
    command = Role.objects.get(slug="commander")
    Cadence.objects.all().delete()
    release_role(incident=incident, role=command, user=commander, by=commander)
    message = remind(incident, minutes=60)
    message.payload["recipients"] = [responder.pk]
    [mail] = mails(message)
    assert "nobody commands" in mail.content["subject"]
    assert "Take command" in mail.content["html"]
    Delivery.objects.all().delete()
    assign_role(incident=incident, role=command, user=responder, by=responder)
    assert mails(message) == []


def test_who_asked_for_an_update_gets_it_and_who_owes_it_is_told(
    incident, commander, stakeholder, outsider, prefer, post, tell
):
    for person in (stakeholder, outsider):
        prefer(person, follows_worst=False, by_mail=["updates"])
    request_update(incident=incident, by=stakeholder, question="Are orders lost?")
    [mail] = tell(incident, "update.requested")
    assert mail.address == commander.email
    assert "Are orders lost?" in mail.content["text"]
    assert "status-updates/new/?audience=stakeholders" in mail.content["text"]
    post(incident, "stakeholders")
    assert [d.address for d in tell(incident, "status_update.posted")] == [stakeholder.email]
    assert tell(incident, "update.requested") == [mail], "an answered one is not asked again"
