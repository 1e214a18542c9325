"""What runs every few seconds, rung or not (settings.SWEEPS). Each may run twice at the same time."""

from celery import shared_task

from notifications import worker
from notifications.channels import send
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
def record_heartbeat() -> None:
    """Scheduler and worker are both alive when this has run."""
    note_heartbeat(name="worker")


@shared_task
def expand_due_events() -> None:
    """Ask every consumer about every event that is due."""
    while expand_next_event():
        pass


@shared_task
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


@shared_task
def tidy_up() -> None:
    """Give up what was tried long enough; once an hour forget what was delivered long ago."""
    give_up_old()
    if hour_has_passed():
        forget_delivered()
