"""Does a ring reach our broker from any thread, and does whoever changes something never wait for it?"""

import socket
import threading
import time
from contextlib import closing

import pytest
from celery import Celery, current_app
from django.db import transaction

from config.celery import app
from notifications.models import Delivery, OutboxMessage
from notifications.workflow import deliver, enqueue
from tests.faults.conftest import until


@pytest.fixture
def hanging_broker():
    """A Redis that takes every connection and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as door:
        Celery(
            "elsewhere", broker=f"redis://127.0.0.1:{door.getsockname()[1]}/0", set_as_current=False
        ).set_default()
        yield door
        app.set_default()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_delays_nobody(hanging_broker):
    began = time.monotonic()
    with transaction.atomic():
        enqueue(topic="t", subject="s", payload={})
        deliver(Delivery(key="k", kind="mail", address="a@example.test", content={}))
    assert time.monotonic() - began < 1
    assert (OutboxMessage.objects.count(), Delivery.objects.count()) == (1, 1)
    hanging_broker.settimeout(5)
    hanging_broker.accept()[0].close()  # it was rung, by somebody else


def test_every_thread_rings_our_broker():
    heard = []
    threading.Thread(target=lambda: heard.append(current_app.conf.broker_url)).start()
    assert until(lambda: heard, seconds=5)
    assert heard == [app.conf.broker_url]
