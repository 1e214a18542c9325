from celery import shared_task

from notifications.workflow import note_heartbeat


@shared_task
def record_heartbeat() -> None:
    """Scheduler and worker are both alive when this has run."""
    note_heartbeat(name="worker")
