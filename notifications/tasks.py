from celery import shared_task
from django.db import transaction

from notifications.channels import mail
from notifications.models import OutboxMessage
from notifications.workflow import mark_mail_sent, note_heartbeat, postpone_mail


@shared_task
def record_heartbeat() -> None:
    """Scheduler and worker are both alive when this has run."""
    note_heartbeat(name="worker")


@shared_task
def send_due_mail() -> None:
    """Send every mail that is due. A kill between sending and noting it sends that one twice, never zero times."""
    while _send_next_mail():
        pass


def _send_next_mail() -> bool:
    with transaction.atomic():
        message = OutboxMessage.objects.due_mail().first()
        if message is None:
            return False
        try:
            mail.send(message.payload)
        except mail.FAILURES as error:
            postpone_mail(message=message, error=error)
        else:
            mark_mail_sent(message=message)
        return True
