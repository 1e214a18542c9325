"""What follows from an outcome: retried later and later, given up, removed; a failing destination is left alone."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from audit.models import AuditEntry
from notifications.models import Delivery, Destination
from notifications.outcomes import Answer, Outcome
from notifications.workflow import claim_deliveries, destinations_with_work, enqueue_mail, give_up_old, settle
from notifications.workflow.claiming import AT_ONCE, REFUSALS, SCHEDULE, TROUBLE

pytestmark = pytest.mark.django_db
TAKEN = Answer(Outcome.TAKEN, "Answered 204")
BUSY = Answer(Outcome.LATER, "Answered 503")
AWAY = Answer(Outcome.LATER, "Cannot be reached", is_away=True)
NO = Answer(Outcome.REFUSED, "Answered 403")


def answered(*answers: Answer, destination: str = "mail") -> Delivery:
    """The message after these answers, one attempt each, without waiting between them."""
    for answer in answers:
        Destination.objects.update(held_until=None)
        Delivery.objects.update(try_at=Now() - timedelta(seconds=1))
        (row,) = claim_deliveries(destination=destination, at_most=1)
        settle(delivery=row, answer=answer)
    return Delivery.objects.get(pk=row.pk)


def test_the_schedule_is_seventy_five_hours():
    assert timedelta(hours=75) <= sum(SCHEDULE, timedelta()) <= timedelta(hours=76)


@pytest.mark.parametrize("attempt", range(1, len(SCHEDULE) + 1))
def test_each_failure_waits_longer_give_or_take(send_to, attempt):
    send_to(address="p@example.test")
    Delivery.objects.update(attempts=attempt - 1)
    row = answered(BUSY)
    wait = row.try_at - timezone.now()
    planned = SCHEDULE[attempt - 1]
    assert planned * 0.9 - timedelta(seconds=2) <= wait <= planned * 1.1 + timedelta(seconds=2)
    assert row.state == "waiting"


def test_after_the_last_attempt_it_is_given_up_and_seen(send_to):
    send_to(address="p@example.test")
    assert answered(*[BUSY] * (len(SCHEDULE) + 1)).state == "dead"
    assert Delivery.objects.dead().count() == 1


def test_a_refusal_is_given_up_within_hours(send_to):
    send_to(address="p@example.test")
    assert answered(*[NO] * (REFUSALS - 1)).state == "waiting"
    assert answered(NO).state == "dead"
    assert timedelta(hours=2) < sum(SCHEDULE[: REFUSALS - 1], timedelta()) < timedelta(hours=3)


def test_what_nobody_could_write_is_given_up_at_once(send_to):
    send_to(address="p@example.test")
    assert answered(Answer(Outcome.IMPOSSIBLE, "No text")).state == "dead"


def test_gone_ends_the_channel_and_says_so(webhook, send_to):
    send_to(channel=webhook)
    row = answered(Answer(Outcome.GONE, "Answered 410"), destination=destinations_with_work(at_most=1)[0])
    webhook.refresh_from_db()
    assert (row.state, webhook.is_active) == ("dead", False)
    assert "410" in webhook.paused_because
    assert AuditEntry.objects.latest("sequence").action == "channel.paused"


def test_being_asked_to_wait_is_heeded_for_all_that_goes_there(send_to):
    send_to(address="p@example.test")
    send_to(address="q@example.test")
    row = answered(Answer(Outcome.LATER, "Answered 429", not_before=timedelta(minutes=10)))
    assert row.try_at - timezone.now() > timedelta(minutes=9)
    Delivery.objects.update(try_at=Now() - timedelta(seconds=1))
    assert destinations_with_work(at_most=9) == []


def test_what_is_secret_is_forgotten_once_it_is_sent():
    mail = enqueue_mail(to="p@example.test", subject="Hello", text="/setup/Zephyrquartz", about="t")
    assert "Zephyrquartz" in str(answered(BUSY).content)
    row = answered(TAKEN)
    assert (row.pk, row.state, row.is_erased) == (mail.pk, "delivered", True)
    assert "Zephyrquartz" not in str(row.content)


def test_what_is_not_secret_stays_for_sending_it_again(send_to):
    send_to(address="p@example.test")
    assert answered(TAKEN).content["text"] == "x"


class TestTrouble:
    @pytest.fixture(autouse=True)
    def messages(self, send_to):
        for n in range(8):
            send_to(address=f"p{n}@example.test")
        send_to(address="https://other.example.test/hook")

    def test_opens_after_some_failures_in_a_row_and_only_there(self):
        rows = claim_deliveries(destination="mail", at_most=TROUBLE)
        for row in rows:
            settle(delivery=row, answer=AWAY)
        assert destinations_with_work(at_most=9) == ["https://other.example.test"]
        assert claim_deliveries(destination="mail", at_most=AT_ONCE) == []

    def test_half_opens_for_one_attempt_and_closes_when_it_succeeds(self):
        answered(*[AWAY] * TROUBLE)
        Destination.objects.update(held_until=Now() - timedelta(seconds=1))
        Delivery.objects.filter(destination="mail").update(try_at=Now() - timedelta(seconds=1))
        probes = claim_deliveries(destination="mail", at_most=AT_ONCE)
        assert len(probes) == 1
        assert claim_deliveries(destination="mail", at_most=AT_ONCE) == []
        settle(delivery=probes[0], answer=TAKEN)
        assert len(claim_deliveries(destination="mail", at_most=AT_ONCE)) == AT_ONCE

    def test_stays_open_longer_when_the_attempt_fails(self):
        answered(*[AWAY] * (TROUBLE + 1))
        held = Destination.objects.get(key="mail").held_until - timezone.now()
        assert timedelta(seconds=15) < held < timedelta(minutes=2)

    def test_a_refusal_says_nothing_about_the_destination(self):
        answered(*[NO] * (TROUBLE + 1))
        assert not Destination.objects.in_trouble().exists()


def test_what_waited_three_days_behind_trouble_is_given_up_not_forgotten(send_to):
    send_to(key="old", address="p@example.test", due_at=timezone.now() - timedelta(hours=80))
    send_to(key="new", address="q@example.test", due_at=timezone.now() - timedelta(hours=70))
    assert give_up_old() == 1
    assert [row.key for row in Delivery.objects.dead()] == ["old"]
