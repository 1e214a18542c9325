"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

from datetime import datetime

from celery import shared_task
from django.db.models import Min

from notifications import worker
from notifications.channels import send
from notifications.models import OutboxMessage
from notifications.sender import attempt
from notifications.workflow import (
    claim_deliveries,
    destinations_with_work,
    expand_next_event,
    forget_delivered,
    give_up_old,
    hour_has_passed,
    note_heartbeat,
    settle,
)


@shared_task
def look_for_work() -> None:
    """Have this worker look at once what is due."""
    if worker.scheduler:
        worker.scheduler.wake()


def record_heartbeat() -> None:
    """Note that a worker does its work."""
    note_heartbeat(name="worker")


def expand_due_events() -> None:
    """Ask every consumer about every event that is due."""
    while expand_next_event():
        pass


def next_event_at() -> datetime | None:
    """When the next event is to be expanded."""
    return OutboxMessage.objects.pending().aggregate(at=Min("try_at"))["at"]


def send_due_deliveries() -> None:
    """Send all that is due: the worker's sender does it, many at once; where none runs, here and one by one."""
    if worker.sender:
        worker.sender.wake()
        return
    while destinations := destinations_with_work(at_most=1000):
        sent = 0
        for destination in destinations:
            for delivery in claim_deliveries(destination=destination, at_most=1):
                settle(delivery=delivery, answer=attempt(send, delivery))
                sent += 1
        if not sent:
            return


def tidy_up() -> None:
    """Give up what was tried long enough; once an hour forget what was delivered long ago."""
    give_up_old()
    if hour_has_passed():
        forget_delivered()
