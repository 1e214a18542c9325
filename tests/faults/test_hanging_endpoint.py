"""Does an address that accepts and never answers hold up any other?"""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Delivery
from notifications.workflow import deliver
from tests.faults.conftest import percentile, until, works
from tests.faults.consumer import mail, place, webhook
from tests.faults.receiver import Hanging

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hanging():
    endpoint = Hanging()
    yield endpoint
    endpoint.close()


def test_others_are_late_by_two_seconds_at_most(installation, receiver, hanging, report):
    running = installation()
    running.start("worker-1")
    assert until(works, seconds=30)
    now, due = timezone.now(), {}
    rows = []
    hangs, hears = place(hanging.url), place(receiver.url)
    for n in range(60):
        rows.append(Delivery(key=f"hangs:{n}", kind="webhook", channel=hangs, content=webhook("hangs")))
    for n in range(240):
        key, moment = f"other:{n}", now + timedelta(seconds=random.uniform(0, 11))
        to = (
            {"kind": "mail", "address": f"p{n}@example.test", "content": mail(key)}
            if n % 2
            else {"kind": "webhook", "channel": hears, "content": webhook(key)}
        )
        rows.append(Delivery(key=key, due_at=moment, **to))
        due[key] = moment.timestamp()
    deliver(*rows)
    assert until(lambda: len(receiver.arrivals) >= len(due), seconds=40)
    late = [arrival.at - due[arrival.key] for arrival in receiver.arrivals]
    report(
        hanging_calls=hanging.calls, others=len(late),
        p99_s=f"{percentile(late, 0.99):.2f}", latest_s=f"{max(late):.2f}",
    )  # fmt: skip
    assert hanging.calls >= 2
    assert percentile(late, 0.99) <= 2
    assert Delivery.objects.filter(key__startswith="hangs", state="waiting").count() == 60
