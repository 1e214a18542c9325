"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from datetime import datetime

from core.requested_files import forget_old, next_to_make
from retros.models import Export
from retros.workflow.due import remind_of_due
from retros.workflow.exporting import make_next_export
from retros.workflow.writing import compact_documents, keep_quiet_versions, next_document_at

__all__ = ["next_document_at"]


def make_waiting_exports() -> None:
    """What is asked for is made, and what was made long ago forgotten."""
    while make_next_export():
        pass
    forget_old(Export)


def next_export_at() -> datetime | None:
    """When there is an export to make."""
    return next_to_make(Export)


def send_due_retrospective_reminders() -> None:
    while remind_of_due():
        pass


def tidy_documents() -> None:
    """Sections say in their text what was written in their editors; quiet ones get a version."""
    while compact_documents():
        pass
    while keep_quiet_versions():
        pass
