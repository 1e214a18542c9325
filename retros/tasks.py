"""What the scheduler asks for every few seconds. Each may run anywhere, twice at once, or late."""

from celery import shared_task

from retros.workflow.due import remind_of_due
from retros.workflow.exporting import make_next_export


@shared_task
def make_waiting_exports() -> None:
    while make_next_export():
        pass


@shared_task
def send_due_retrospective_reminders() -> None:
    while remind_of_due():
        pass
