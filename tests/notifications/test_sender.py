"""The worker's sender: many at once, few to one destination, nothing open while it calls out."""

import threading
import time
from collections import Counter

import pytest
from django.db import connection
from django.db.models.functions import Now

from notifications.models import Delivery
from notifications.outcomes import Answer, Outcome
from notifications.sender import Sender
from notifications.workflow.claiming import AT_ONCE
from tests.faults.conftest import until

pytestmark = pytest.mark.django_db(transaction=True)
TAKEN = Answer(Outcome.TAKEN, "Taken")


@pytest.fixture
def sender():
    """`sender(send)` sends with this function until the test ends."""
    started = []

    def start(send) -> Sender:
        started.append(Sender(send))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop(5)


def left() -> int:
    return Delivery.objects.waiting().count()


def test_few_at_once_to_one_destination_and_others_meanwhile(send_to, sender):
    calls, most, sent = Counter(), Counter(), []
    lock = threading.Lock()

    def send(delivery: Delivery) -> Answer:
        with lock:
            calls[delivery.destination] += 1
            most[delivery.destination] = max(most[delivery.destination], calls[delivery.destination])
        time.sleep(0.3 if "slow" in delivery.destination else 0)
        with lock:
            calls[delivery.destination] -= 1
            sent.append(delivery.destination)
        return TAKEN

    for _ in range(12):
        send_to(address="https://slow.example.test/")
    for _ in range(12):
        send_to(address="https://quick.example.test/")
    sender(send)
    assert until(lambda: left() == 0, seconds=15)
    assert most["https://slow.example.test"] == AT_ONCE
    assert sent[:5] == ["https://quick.example.test"] * 5  # they did not wait for the slow ones
    assert sent[-1] == "https://slow.example.test"


def test_many_that_hang_leave_room_for_others(send_to, sender):
    """More messages than there are threads, to addresses that do not answer."""
    answer = threading.Event()

    def send(delivery: Delivery) -> Answer:
        if "hangs" in delivery.destination:
            answer.wait(20)
            return Answer(Outcome.LATER, "No answer within 10 s", is_away=True)
        return TAKEN

    for n in range(80):
        send_to(address=f"https://hangs{n % 20}.example.test/")
    sender(send)
    assert until(lambda: Delivery.objects.filter(token=1).count() == 20, seconds=10)
    began = time.monotonic()
    for n in range(20):
        send_to(address=f"https://quick{n}.example.test/")
    assert until(lambda: left() == 80, seconds=10)
    assert time.monotonic() - began < 3
    answer.set()


def test_no_transaction_is_open_while_it_calls(send_to, sender):
    seen = []

    def send(delivery: Delivery) -> Answer:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            )
            seen.append(cursor.fetchone()[0])
        connection.close()
        return TAKEN

    send_to(address="a@example.test")
    sender(send)
    assert until(lambda: left() == 0, seconds=10)
    assert seen == [0]


def test_a_fault_of_ours_stops_nothing_and_is_tried_again(send_to, sender):
    def send(delivery: Delivery) -> Answer:
        if delivery.key == "odd":
            raise ZeroDivisionError("Zephyrquartz")
        return TAKEN

    send_to(key="odd", address="a@example.test")
    send_to(key="fine", address="b@example.test")
    sender(send)
    assert until(lambda: left() == 1 and Delivery.objects.exclude(answer="").count() == 2, seconds=10)
    assert Delivery.objects.get(key="fine").state == "delivered"
    odd = Delivery.objects.get(key="odd")
    assert (odd.state, odd.attempts, "Zephyrquartz" in odd.answer) == ("waiting", 1, False)


def test_a_call_longer_than_a_lease_keeps_it(send_to, sender, monkeypatch):
    monkeypatch.setattr("notifications.sender.RENEW_EVERY", 0.1)
    answer = threading.Event()

    def send(delivery: Delivery) -> Answer:
        answer.wait(10)
        return TAKEN

    send_to(address="a@example.test")
    sender(send).wake()
    assert until(lambda: Delivery.objects.filter(token=1).exists(), seconds=5)
    Delivery.objects.update(lease_until=Now())
    assert until(lambda: Delivery.objects.filter(lease_until__gt=Now()).exists(), seconds=5)
    answer.set()
    assert until(lambda: left() == 0, seconds=5)
    assert Delivery.objects.get().token == 1


def test_stopping_notes_what_is_answered_by_then(send_to, sender):
    called = threading.Event()

    def send(delivery: Delivery) -> Answer:
        called.set()
        time.sleep(0.5)
        return TAKEN

    send_to(address="a@example.test")
    running = sender(send)
    assert called.wait(5)
    running.stop(5)
    send_to(address="https://later.example.test/")
    time.sleep(1)
    assert sorted(Delivery.objects.values_list("kind", "state")) == [
        ("mail", "delivered"),
        ("webhook", "waiting"),
    ]


def test_answers_outlive_a_lost_database_connection(send_to, sender):
    """PostgreSQL ends every connection while a call runs: its answer is noted all the same, and nothing is sent twice."""
    calls = []

    def send(delivery: Delivery) -> Answer:
        calls.append(delivery.key)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND query LIKE '%%notifications_delivery%%'"
            )
        connection.close()
        return TAKEN

    send_to(address="a@example.test")
    connection.close()
    sender(send)
    assert until(lambda: calls != [], seconds=10)
    time.sleep(0.5)
    connection.close()
    assert until(lambda: left() == 0, seconds=10)
    assert len(calls) == 1
