"""A reminder that has become due: who gets it, what it offers, and when it is not said any more."""

import pytest
from django.utils import timezone

from incidents.models import Role
from incidents.workflow import assign_role, mitigate_incident, resolve_incident
from incidents.workflow.people import release_role
from notifications.models import Delivery
from notifications.workflow import withdraw
from subscribers.models import Notice
from subscribers.routing import consume


@pytest.fixture
def remind(incident, commander, announce):
    """`remind(**payload)`: the reminder of the soonest update, as the schedules write it."""

    def run(**payload):
        schedule = incident.update_schedules.filter(due_at__isnull=False).first()
        usual = {
            "audience": schedule.audience,
            "due_at": schedule.due_at.isoformat(),
            "recipients": [commander.pk],
            "step": 0,
            "group": f"reminders:{incident.chain}",
        }
        message = announce(incident, "reminder.due", **usual | payload)
        consume(message)
        return list(message.deliveries.all())

    return run


def test_leads_to_the_composer_in_one_tap(incident, commander, responder, outsider, remind):
    [mail] = remind()
    assert mail.address == commander.email
    assert "update due" in mail.content["subject"]
    assert f"{incident.get_absolute_url()}status-updates/new/?audience=" in mail.content["text"]
    assert "Write the update" in mail.content["html"]
    notice = Notice.objects.get()
    assert (notice.person, notice.kind) == (commander, "duty")
    assert "status-updates/new/" in notice.url


def test_goes_to_named_addresses_as_well(incident, commander, remind):
    found = remind(addresses=["duty@example.test", commander.email.upper()])
    assert sorted(m.address for m in found) == [commander.email, "duty@example.test"]


def test_never_leaves_a_private_incident_but_for_those_on_it(private_incident, commander, outsider, announce):
    schedule = private_incident.update_schedules.filter(due_at__isnull=False).first()
    message = announce(
        private_incident,
        "reminder.due",
        audience=schedule.audience,
        due_at=schedule.due_at.isoformat(),
        recipients=[commander.pk, outsider.pk],
        addresses=["duty@example.test"],
    )
    consume(message)
    assert [d.address for d in message.deliveries.all()] == [commander.email]


def test_can_be_called_back_together(incident, remind):
    remind()
    assert withdraw(group=f"reminders:{incident.chain}") == 1
    assert Delivery.objects.get().state == "withdrawn"


def test_is_not_said_when_the_update_has_been_posted(incident, remind, post):
    due_at = incident.update_schedules.filter(due_at__isnull=False).first().due_at
    for audience in incident.update_schedules.values_list("audience", flat=True):
        post(incident, audience)
    assert remind(due_at=due_at.isoformat()) == []
    assert not Notice.objects.exists()


def test_is_not_said_after_resolution(incident, commander, announce):
    schedule = incident.update_schedules.filter(due_at__isnull=False).first()
    message = announce(
        incident,
        "reminder.due",
        audience=schedule.audience,
        due_at=schedule.due_at.isoformat(),
        recipients=[commander.pk],
    )
    resolve_incident(
        incident=mitigate_incident(incident=incident, by=commander), by=commander, waive_reason="not checked"
    )
    consume(message)
    assert not message.deliveries.exists()


def test_unclaimed_command(incident, commander, responder, remind):
    command = Role.objects.get(slug="commander")
    release_role(incident=incident, role=command, user=commander, by=commander)
    payload = {"audience": "", "due_at": timezone.now().isoformat(), "recipients": [responder.pk]}
    [mail] = remind(**payload)
    assert "nobody commands" in mail.content["subject"]
    assign_role(incident=incident, role=command, user=responder, by=responder)
    assert remind(**payload) == []
