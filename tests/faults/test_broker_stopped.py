"""With nobody at the broker's address, does everything still leave within ten seconds of its due time?"""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Delivery
from notifications.workflow import deliver, enqueue
from tests.faults.conftest import percentile, until, works
from tests.faults.consumer import TOPIC, place, webhook
from tests.made_events import Made

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def test_everything_leaves_within_ten_seconds(installation, receiver, report):
    running = installation(REDIS_URL="redis://127.0.0.1:1/0")
    running.start("worker-1")
    assert until(works, seconds=30)
    now, due = timezone.now(), {}
    for n in range(60):
        moment = now + timedelta(seconds=random.uniform(0, 5))
        if n % 2:
            key = f"direct:{n}"
            to = {"kind": "webhook", "channel": place(receiver.url)}
            deliver(Delivery(key=key, content=webhook(key), due_at=moment, **to))
        else:
            payload = {"mail": f"p{n}@example.test", "url": receiver.url}
            event = enqueue(event=Made(TOPIC, payload), subject=f"event:{n}", due_at=moment)
            key = f"{event.id}:mail:p{n}@example.test"
        due[key] = moment.timestamp()
    assert until(lambda: set(due) <= {arrival.key for arrival in receiver.arrivals}, seconds=30)
    late = [arrival.at - due[arrival.key] for arrival in receiver.arrivals if arrival.key in due]
    report(messages=len(due), median_s=f"{percentile(late, 0.5):.2f}", latest_s=f"{max(late):.2f}")
    assert max(late) <= 10
    assert "Cannot connect to redis" in running.said("worker-1")
