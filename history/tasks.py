"""Jobs of a worker (settings.JOBS); may run twice at once: each import has one worker at a time."""

from datetime import datetime

from core.requested_files import forget_old, next_to_make
from history.models import Export, Import
from history.workflow.exporting import forget_leftovers, make_next_export
from history.workflow.running import LostLease, carry_on, claim_import, forget_files


def carry_on_imports() -> None:
    while run := claim_import():
        try:
            carry_on(run)
        except LostLease:
            continue
    forget_files()


def make_waiting_exports() -> None:
    """And forget those that were kept long enough."""
    while make_next_export():
        pass
    forget_old(Export)
    forget_leftovers()


def next_import_at() -> datetime | None:
    """When there is an import to carry on."""
    return Import.objects.next_at()


def next_export_at() -> datetime | None:
    """When there is an export to make."""
    return next_to_make(Export)
