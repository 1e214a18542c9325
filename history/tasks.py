"""What the scheduler asks for every few seconds; may run twice at once: each import has one worker at a time."""

from celery import shared_task

from config.asked_files import forget_old
from history.models import Export
from history.workflow.exporting import forget_leftovers, make_next_export
from history.workflow.running import LostLease, carry_on, claim_import, forget_files


@shared_task
def carry_on_imports() -> None:
    while run := claim_import():
        try:
            carry_on(run)
        except LostLease:
            continue
    forget_files()


@shared_task
def make_waiting_exports() -> None:
    """And forget those that were kept long enough."""
    while make_next_export():
        pass
    forget_old(Export)
    forget_leftovers()
