"""Who may send a message: one at a time, under a lease; a late word of an earlier holder counts for nothing."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from notifications.models import LEASE, Channel, Delivery
from notifications.outcomes import Answer, Outcome
from notifications.workflow import (
    claim_deliveries,
    destinations_with_work,
    keep_hold,
    pause_channel,
    settle,
    withdraw,
)

TAKEN = Answer(Outcome.TAKEN, "Answered 204")


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_different_ones(send_to):
    for n in range(20):
        send_to(address=f"p{n}@example.test")
    claimed: list[list[str]] = [[], []]
    together = threading.Barrier(2)

    def claim(into: list[str]) -> None:
        together.wait()
        with transaction.atomic():
            into += [row.key for row in claim_deliveries(destination="mail", at_most=10)]
            together.wait()  # both hold their rows at the same time
        connection.close()

    threads = [threading.Thread(target=claim, args=(into,)) for into in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(claimed[0]) == len(claimed[1]) == 10
    assert not set(claimed[0]) & set(claimed[1])


@pytest.mark.django_db
class TestLease:
    def test_nobody_else_gets_it_while_it_runs(self, send_to):
        send_to(address="p@example.test")
        assert len(claim_deliveries(destination="mail", at_most=5)) == 1
        assert claim_deliveries(destination="mail", at_most=5) == []
        assert destinations_with_work(at_most=5) == []

    def test_when_it_has_run_out_another_takes_over_and_the_first_is_not_heard(self, send_to):
        send_to(address="p@example.test")
        (first,) = claim_deliveries(destination="mail", at_most=1)
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        (second,) = claim_deliveries(destination="mail", at_most=1)
        assert (first.pk, second.token) == (second.pk, first.token + 1)
        assert not settle(delivery=first, answer=Answer(Outcome.LATER, "Too late"))
        assert settle(delivery=second, answer=TAKEN)
        second.refresh_from_db()
        assert (second.state, second.answer) == ("delivered", "Answered 204")

    def test_is_renewed_while_a_call_runs_and_only_by_its_holder(self, send_to):
        send_to(address="p@example.test")
        (first,) = claim_deliveries(destination="mail", at_most=1)
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        keep_hold([first])
        assert claim_deliveries(destination="mail", at_most=1) == []
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        claim_deliveries(destination="mail", at_most=1)
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        keep_hold([first])
        assert len(claim_deliveries(destination="mail", at_most=1)) == 1

    def test_a_clock_set_back_does_not_hold_it_for_hours(self, send_to):
        send_to(address="p@example.test")
        claim_deliveries(destination="mail", at_most=1)
        Delivery.objects.update(lease_until=Now() + LEASE + timedelta(hours=1))
        assert len(claim_deliveries(destination="mail", at_most=1)) == 1


@pytest.mark.django_db
class TestWithdrawal:
    def test_what_is_withdrawn_is_claimed_by_nobody(self, send_to):
        send_to(address="a@example.test", group="reminders:incident:1")
        send_to(address="b@example.test", group="reminders:incident:2")
        assert withdraw(group="reminders:incident:1") == 1
        assert [d.address for d in claim_deliveries(destination="mail", at_most=9)] == ["b@example.test"]

    def test_what_was_on_the_wire_is_told_as_it_was(self, send_to):
        send_to(address="a@example.test", group="g")
        (row,) = claim_deliveries(destination="mail", at_most=1)
        withdraw(group="g")
        assert settle(delivery=row, answer=TAKEN)
        row.refresh_from_db()
        assert row.state == "delivered"

    def test_what_failed_on_the_wire_stays_withdrawn(self, send_to):
        send_to(address="a@example.test", group="g")
        (row,) = claim_deliveries(destination="mail", at_most=1)
        withdraw(group="g")
        settle(delivery=row, answer=Answer(Outcome.LATER, "Cannot be reached"))
        row.refresh_from_db()
        assert row.state == "withdrawn"


@pytest.mark.django_db
class TestOrder:
    def test_one_recipient_hears_of_one_subject_in_its_order(self, send_to):
        now = timezone.now()
        send_to(key="new", address="a@example.test", about="incident:1", due_at=now - timedelta(seconds=1))
        send_to(key="old", address="a@example.test", about="incident:1", due_at=now - timedelta(seconds=9))
        send_to(key="else", address="a@example.test", about="incident:2", due_at=now)
        claimed = claim_deliveries(destination="mail", at_most=9)
        assert [row.key for row in claimed] == ["old", "else"]
        settle(delivery=claimed[0], answer=TAKEN)
        assert [row.key for row in claim_deliveries(destination="mail", at_most=9)] == ["new"]

    def test_what_keeps_failing_holds_up_nothing_behind_it(self, send_to):
        now = timezone.now()
        send_to(key="old", address="a@example.test", about="incident:1", due_at=now - timedelta(seconds=9))
        send_to(key="new", address="a@example.test", about="incident:1")
        Delivery.objects.filter(key="old").update(attempts=3, try_at=now + timedelta(hours=1))
        assert [row.key for row in claim_deliveries(destination="mail", at_most=9)] == ["new"]

    def test_what_is_due_later_holds_up_nothing(self, send_to):
        later = timezone.now() + timedelta(hours=1)
        send_to(key="later", address="a@example.test", about="incident:1", due_at=later)
        send_to(key="now", address="a@example.test", about="incident:1")
        assert [row.key for row in claim_deliveries(destination="mail", at_most=9)] == ["now"]


@pytest.mark.django_db
def test_what_waits_for_its_turn_hides_no_destination_that_has_work(send_to):
    """As many webhooks as a worker has threads fail; behind each, its next message is due but not its turn."""
    now = timezone.now()
    for n in range(32):
        to = {"kind": "webhook", "address": f"https://fails{n}.example.test/", "about": "incident:1"}
        first = send_to(due_at=now - timedelta(minutes=9), **to)
        Delivery.objects.filter(pk=first.pk).update(attempts=1, try_at=now + timedelta(minutes=5))
        send_to(due_at=now - timedelta(minutes=8), **to)
    send_to(address="p@example.test")
    assert destinations_with_work(at_most=32) == ["mail"]


@pytest.mark.django_db
def test_a_paused_channel_keeps_what_is_due(webhook, admin, send_to):
    send_to(channel=webhook)
    pause_channel(by=admin, channel=webhook)
    assert destinations_with_work(at_most=9) == []
    Channel.objects.update(is_active=True)
    assert len(destinations_with_work(at_most=9)) == 1


@pytest.mark.django_db
def test_the_same_key_is_sent_once(send_to):
    send_to(key="once", address="a@example.test")
    send_to(key="once", address="a@example.test")
    assert Delivery.objects.count() == 1
