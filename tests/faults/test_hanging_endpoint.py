"""Does an address that accepts and never answers hold up any other?"""

import pytest

from notifications.models import Delivery
from notifications.workflow import deliver
from tests.faults.conftest import percentile, until, works
from tests.faults.consumer import messages_due, place, webhook
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
    rows, due = messages_due(receiver.url, 240, within=11)
    hangs = place(hanging.url)
    for n in range(60):
        rows.append(Delivery(key=f"hangs:{n}", kind="webhook", channel=hangs, content=webhook("hangs")))
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
