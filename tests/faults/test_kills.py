"""Does everything arrive, and nothing that was withdrawn, while workers and schedulers are killed at random?

Large: `bin/test tests/faults/test_kills.py --messages 5000 --seconds 120`.
"""

import random
import time
from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.models import Delivery, OutboxMessage
from notifications.workflow import deliver, enqueue, withdraw
from tests.faults.conftest import percentile, until, works
from tests.faults.consumer import TOPIC, mail, place, webhook
from tests.faults.processes import Killer
from tests.made_events import Made

pytestmark = [pytest.mark.django_db(transaction=True)]
SUBJECTS = 40
TO_KILL = ["worker-1", "worker-2", "beat-1", "beat-2"]


class Load:
    """Messages that become due within so many seconds: direct ones, events with two each, reminders in groups."""

    def __init__(self, receiver, *, messages: int, seconds: float) -> None:
        self.url, self.seconds = receiver.url, seconds
        self.places = [place(f"{self.url}/{n}") for n in range(5)]
        self.began = timezone.now()
        self.due: dict[str, datetime] = {}
        self.groups: dict[str, set[str]] = defaultdict(set)
        reminders, events = messages // 5, messages // 5
        with transaction.atomic():
            deliver(*(self._direct(n) for n in range(messages - reminders - 2 * events)))
            deliver(*(self._reminder(n) for n in range(reminders)))
            for n in range(events):
                self._event(n)

    def _moment(self) -> datetime:
        return self.began + timedelta(seconds=random.uniform(0, self.seconds))

    def _direct(self, n: int, group: str = "") -> Delivery:
        kind = random.choice(["mail", "webhook"])
        key = f"{group or 'direct'}:{n}"
        self.due[key] = self._moment()
        to = {"address": f"p{n}@example.test"} if kind == "mail" else {"channel": self.places[n % 5]}
        return Delivery(
            key=key, kind=kind, group=group, about=f"subject:{n % SUBJECTS}", due_at=self.due[key],
            content=mail(key) if kind == "mail" else webhook(key), **to,
        )  # fmt: skip

    def _reminder(self, n: int) -> Delivery:
        group = f"reminders:{n % SUBJECTS}"
        delivery = self._direct(n, group)
        self.groups[group].add(delivery.key)
        return delivery

    def _event(self, n: int) -> None:
        due, address = self._moment(), f"e{n}@example.test"
        event = enqueue(
            event=Made(TOPIC, {"mail": address, "url": self.url}), subject=f"event:{n}", due_at=due
        )
        self.due |= {f"{event.id}:mail:{address}": due, f"{event.id}:webhook": due}


def resolve(group: str) -> tuple[float, set[str]]:
    """Withdraw what is left of a group: when that was committed, and what was being sent at that moment."""
    with transaction.atomic():
        rows = Delivery.objects.waiting().filter(group=group).select_for_update()
        on_the_wire = {str(row.pk) for row in rows if row.lease_until}
        withdraw(group=group)
    return time.time(), on_the_wire


def left() -> tuple[list, list]:
    """What nobody has been told yet, and what was said about it."""
    events = OutboxMessage.objects.pending().values_list("attempts", "last_error")
    return list(events[:5]), list(
        Delivery.objects.waiting().values_list("key", "attempts", "answer", "try_at")[:5]
    )


def test_nothing_is_lost_and_nothing_withdrawn_arrives(installation, receiver, pytestconfig, report):
    messages, seconds = pytestconfig.getoption("messages"), pytestconfig.getoption("seconds")
    running = installation()
    running.start("web-1", *TO_KILL)
    assert until(works, seconds=30)
    load = Load(receiver, messages=messages, seconds=seconds)
    killer = Killer(running, TO_KILL, every=(1, 4))
    resolved = {}
    for number, group in enumerate(sorted(load.groups), 1):
        while time.time() < load.began.timestamp() + seconds * number / SUBJECTS:
            killer.step()
            time.sleep(0.02)
        resolved[group] = resolve(group)
    killer.end()
    assert until(lambda: not any(left()), seconds=60), left()
    assert running.ended() == []

    arrived = defaultdict(list)
    for arrival in receiver.arrivals:
        arrived[arrival.key].append(arrival)
    withdrawn = set(Delivery.objects.filter(state="withdrawn").values_list("key", flat=True))
    lost = set(load.due) - set(arrived) - withdrawn
    several_ids = [key for key, hits in arrived.items() if len({hit.id for hit in hits}) > 1]
    after = [
        (hit, hit.at - committed)
        for group, (committed, on_the_wire) in resolved.items()
        for key in load.groups[group]
        for hit in arrived[key]
        if hit.at > committed
    ]
    not_on_the_wire = [hit for hit, _ in after if hit.id not in resolved[hit.key.rpartition(":")[0]][1]]
    late = [min(h.at for h in arrived[k]) - due.timestamp() for k, due in load.due.items() if arrived[k]]
    report(
        messages=len(load.due), kills=running.killed, arrived=len(late), withdrawn=len(withdrawn),
        lost=len(lost), duplicates=sum(len(hits) - 1 for hits in arrived.values() if hits),
        median_s=f"{percentile(late, 0.5):.2f}", p99_s=f"{percentile(late, 0.99):.2f}", latest_s=f"{max(late):.2f}",
        on_the_wire_when_resolved=len(after), last_of_them_s=f"{max((s for _, s in after), default=0):.2f}",
    )  # fmt: skip
    assert running.killed >= seconds // 10
    assert (lost, several_ids, not_on_the_wire) == (set(), [], [])
    assert len(withdrawn) > 0
    assert max(late) <= 30
