"""From an event to who is told: every consumer asked, in order, a failing one holding up nobody."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from notifications.models import Delivery, OutboxMessage
from notifications.tasks import expand_due_events, send_due_deliveries
from notifications.workflow import deliver, enqueue
from notifications.workflow.expanding import GIVE_UP_AFTER
from tests.made_events import Made

pytestmark = pytest.mark.django_db
HERE = "tests.notifications.test_expanding"


@pytest.fixture(autouse=True)
def consumers(settings):
    seen.clear()
    settings.OUTBOX_CONSUMERS = [f"{HERE}.refuse_poison", f"{HERE}.tell"]


seen: list[str] = []


def refuse_poison(message: OutboxMessage) -> None:
    if message.topic == "poison":
        Delivery.objects.create(key="half done", kind="mail")
        raise ZeroDivisionError


def fail_in_the_database(message: OutboxMessage) -> None:
    if message.topic.startswith("code "):
        with connection.cursor() as cursor:
            code = message.topic.removeprefix("code ")
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")


def tell(message: OutboxMessage) -> None:
    seen.append(message.subject)
    address = "ida@example.test"
    content = {"subject": message.subject, "text": "x"}
    deliver(
        Delivery(
            key=f"{message.id}:mail:{address}", message=message, kind="mail", address=address, content=content
        )
    )


def test_every_consumer_is_asked_and_the_event_is_done(mailoutbox):
    message = enqueue(event=Made(), subject="incident:1")
    expand_due_events()
    expand_due_events()
    message.refresh_from_db()
    assert message.done_at
    assert seen == ["incident:1"]
    send_due_deliveries()
    assert [mail.subject for mail in mailoutbox] == ["incident:1"]


def test_what_is_not_due_waits():
    message = enqueue(event=Made(), subject="s", due_at=timezone.now() + timedelta(seconds=30))
    expand_due_events()
    message.refresh_from_db()
    assert (message.done_at, seen) == (None, [])


def test_a_poison_event_holds_up_no_other_and_no_other_consumer():
    poison = enqueue(event=Made("poison"), subject="incident:1")
    enqueue(event=Made(), subject="incident:1")
    enqueue(event=Made(), subject="incident:2")
    expand_due_events()
    poison.refresh_from_db()
    assert (poison.done_at, poison.attempts) == (None, 1)
    assert poison.try_at > timezone.now()
    assert seen == ["incident:1", "incident:1", "incident:2"]
    assert not Delivery.objects.filter(key="half done").exists()


def test_one_that_is_too_much_for_the_database_holds_up_no_other(settings):
    settings.OUTBOX_CONSUMERS = [f"{HERE}.fail_in_the_database", f"{HERE}.tell"]
    poison = enqueue(event=Made("code 54001"), subject="incident:1")
    enqueue(event=Made(), subject="incident:2")
    expand_due_events()
    poison.refresh_from_db()
    assert (poison.done_at, poison.attempts) == (None, 1)
    assert seen == ["incident:1", "incident:2"]


@pytest.mark.parametrize("code", ["08006", "40P01", "53100", "57P01"])
def test_a_database_in_trouble_is_no_events_fault(settings, code):
    settings.OUTBOX_CONSUMERS = [f"{HERE}.fail_in_the_database", f"{HERE}.tell"]
    message = enqueue(event=Made(f"code {code}"), subject="incident:1")
    with pytest.raises(OperationalError):
        expand_due_events()
    message.refresh_from_db()
    assert message.attempts == 0


def test_asking_again_tells_nobody_twice(mailoutbox):
    poison = enqueue(event=Made("poison"), subject="incident:1")
    expand_due_events()
    OutboxMessage.objects.update(try_at=poison.created_at)
    expand_due_events()
    assert len(seen) == 2
    assert Delivery.objects.count() == 1


def test_is_given_up_in_the_end_and_seen():
    poison = enqueue(event=Made("poison"), subject="s")
    OutboxMessage.objects.update(attempts=GIVE_UP_AFTER - 1)
    expand_due_events()
    assert list(OutboxMessage.objects.dead()) == [poison]
    expand_due_events()
    poison.refresh_from_db()
    assert poison.attempts == GIVE_UP_AFTER


def test_one_subject_is_told_in_its_order():
    now = timezone.now()
    for number in (3, 1, 2):
        enqueue(event=Made(), subject="s", due_at=now - timedelta(seconds=number))
    order = []
    while message := OutboxMessage.objects.due().first():
        assert OutboxMessage.objects.due().count() == 1
        order.append(message.due_at)
        OutboxMessage.objects.filter(pk=message.pk).update(done_at=now)
    assert order == sorted(order)


def test_a_recorded_day_is_told_to_nobody(mailoutbox):
    message = enqueue(event=Made("t", {"source": "replay"}), subject="incident:1")
    expand_due_events()
    send_due_deliveries()
    message.refresh_from_db()
    assert message.done_at
    assert seen == ["incident:1"]  # a status page may show it
    assert not Delivery.objects.exists()
    assert mailoutbox == []
