"""What the scheduler asks for every few seconds; may run twice at once, or late."""

from celery import shared_task

from subscribers.workflow import send_due_report


@shared_task
def send_due_reports() -> None:
    while send_due_report():
        pass
