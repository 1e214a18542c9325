"""Settings → Deliveries: what was given up and what waits; once more, or dropped with a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from incidents.models import Incident
from notifications.models import Delivery, Destination, OutboxMessage
from notifications.tasks import send_due_deliveries
from notifications.workflow import enqueue, enqueue_mail
from shell.health import system_check
from tests.made_events import Made

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def dead(send_to) -> Delivery:
    delivery = send_to(address="ida@example.test", content={"subject": "INC-7 slow", "text": "x"})
    Delivery.objects.update(state="dead", attempts=5, answer="Answered 403")
    return delivery


@pytest.fixture
def dead_event(db) -> OutboxMessage:
    message = enqueue(event=Made("odd.topic"), subject="odd:1")
    OutboxMessage.objects.filter(pk=message.pk).update(dead_at=timezone.now(), attempts=20)
    return message


def text(response) -> str:
    return response.content.decode()


def messages_check():
    return next(check for check in system_check() if check.name == "Messages")


def test_shows_what_was_given_up_and_what_waits(as_admin, dead, dead_event, send_to):
    send_to(address="noor@example.test", content={"subject": "Still waits", "text": "x"})
    later = timezone.now() + timedelta(hours=1)
    send_to(address="kim@example.test", content={"subject": "Not yet due", "text": "x"}, due_at=later)
    shown = text(as_admin.get(reverse("deliveries")))
    assert all(word in shown for word in ("INC-7 slow", "Answered 403", "Still waits", "odd.topic"))
    assert "Not yet due" not in shown


def test_once_more_with_the_same_id(as_admin, dead, mailoutbox):
    as_admin.post(reverse("delivery_again", args=[dead.pk]))
    send_due_deliveries()
    assert mailoutbox[0].extra_headers["X-Allclear-Delivery"] == str(dead.pk)
    assert AuditEntry.objects.latest("sequence").action == "delivery.sent_again"


def test_once_more_does_not_wait_for_a_destination_that_is_left_alone(as_admin, dead, mailoutbox):
    later = timezone.now() + timedelta(minutes=2)
    Destination.objects.create(key="mail", failures=9, held_until=later)
    as_admin.post(reverse("delivery_again", args=[dead.pk]))
    send_due_deliveries()
    assert len(mailoutbox) == 1


def test_all_once_more(as_admin, dead, dead_event, mailoutbox):
    as_admin.post(reverse("dead_again"))
    send_due_deliveries()
    assert len(mailoutbox) == 1
    assert not OutboxMessage.objects.dead().exists()
    assert not Delivery.objects.dead().exists()


def test_dropped_with_a_reason(as_admin, dead, mailoutbox):
    url = reverse("delivery_drop", args=[dead.pk])
    assert "reason" in as_admin.post(url, {"reason": ""}).context["form"].errors
    as_admin.post(url, {"reason": "They left"})
    send_due_deliveries()
    dead.refresh_from_db()
    assert (dead.state, dead.answer, mailoutbox) == ("withdrawn", "Discarded: They left", [])
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.changes["reason"]) == ("delivery.dropped", "They left")
    as_admin.post(reverse("delivery_again", args=[dead.pk]))
    send_due_deliveries()
    assert mailoutbox == []


def test_an_event_dropped_is_told_to_nobody(as_admin, dead_event):
    as_admin.post(reverse("event_drop", args=[dead_event.pk]), {"reason": "A test"})
    dead_event.refresh_from_db()
    assert dead_event.done_at
    assert not OutboxMessage.objects.dead().exists()


def test_what_is_forgotten_cannot_be_sent_again(as_admin, mailoutbox):
    mail = enqueue_mail(to="ida@example.test", subject="Hello", text="/setup/Zephyrquartz", about="test")
    send_due_deliveries()
    response = as_admin.post(reverse("delivery_again", args=[mail.pk]), follow=True)
    assert "Create a new link" in text(response)
    send_due_deliveries()
    assert len(mailoutbox) == 1


def test_a_private_incident_stays_private(as_admin, commander, admin, private_incident, send_to):
    content = {"subject": "Canary Zephyrquartz", "text": "x"}
    mail = send_to(address="secret.person@example.test", about=private_incident.chain, content=content)
    Delivery.objects.update(state="dead")
    for url in (reverse("deliveries"), reverse("mail_channel"), reverse("delivery_drop", args=[mail.pk])):
        shown = text(as_admin.get(url))
        assert "A private message" in shown
        assert "Zephyrquartz" not in shown
        assert "secret.person" not in shown
    as_admin.post(reverse("delivery_again", args=[mail.pk]))
    assert "Zephyrquartz" not in text(as_admin.get(reverse("settings_audit")))
    admin.sees_private_incidents = True
    admin.save()
    assert "Zephyrquartz" in text(as_admin.get(reverse("deliveries")))


class TestSystemCheck:
    def test_nothing_waits(self):
        assert (messages_check().state, messages_check().words) == ("good", "No message is waiting.")

    def test_what_was_given_up(self, dead, dead_event):
        assert messages_check().state == "wrong"
        assert "2 messages were given up" in messages_check().words

    def test_the_oldest_that_waits(self, send_to):
        send_to(address="a@example.test")
        assert messages_check().state == "good"
        old = timezone.now() - timedelta(minutes=12)
        Delivery.objects.update(due_at=old, created_at=old)
        assert messages_check().state == "wrong"
        assert "12 min" in messages_check().words

    def test_what_was_written_about_the_past_is_not_late(self, send_to):
        enqueue(event=Made(), subject="s", due_at=timezone.now() - timedelta(days=99))
        assert messages_check().state == "good"

    def test_leads_to_the_page(self, as_admin, dead):
        assert reverse("deliveries") in text(as_admin.get(reverse("system")))


def test_what_became_private_is_not_sent_to_who_cannot_reach_it(
    as_admin, incident, commander, outsider, send_to, mailoutbox
):
    """Also where nobody called it back: it was given up, or had arrived, before."""
    reader = send_to(address=commander.email, person=commander, about=incident.chain)
    others = [
        send_to(address=outsider.email, person=outsider, about=incident.chain),
        send_to(address="ida@example.test", about=incident.chain),
    ]
    Delivery.objects.update(state="dead")
    Incident.objects.filter(pk=incident.pk).update(is_private=True)
    for delivery in others:
        answer = as_admin.post(reverse("delivery_again", args=[delivery.pk]), follow=True)
        assert "was not sent" in text(answer)
    as_admin.post(reverse("dead_again"))
    send_due_deliveries()
    assert [mail.to for mail in mailoutbox] == [[commander.email]]
    assert {d.pk for d in Delivery.objects.dead()} == {d.pk for d in others}
    reader.refresh_from_db()
    assert reader.state == "delivered"
