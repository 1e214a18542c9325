"""What runs every few seconds (settings.SWEEPS). Each may run twice at the same time."""

from celery import shared_task

from retros.workflow.writing import compact_documents, keep_quiet_versions


@shared_task
def tidy_documents() -> None:
    """Sections say in their text what was written in their editors; quiet ones get a version."""
    while compact_documents():
        pass
    while keep_quiet_versions():
        pass
