"""PDFs: asked for by a person, made by a worker, kept for whoever may read it."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from config.asked_files import WAITING, FileState, make_next
from notifications.workflow import ring_worker
from retros.export import as_html, copy_of
from retros.models import Export, Retrospective
from retros.pdf import make_pdf

MAKE = "retros.tasks.make_waiting_exports"
WAITING_AT_ONCE = 5


@transaction.atomic
def ask_for_pdf(*, retrospective: Retrospective, by: Any, number: int | None = None) -> Export:
    """Of the version `number`, or of what stands now.

    One that is being made for the same person is taken again, and so is one of a version, which never changes.
    """
    everything = Retrospective.objects
    reachable = everything.visible_to(by) if number is None else everything.readable_by(by)
    if not reachable.filter(pk=retrospective.pk).exists():
        raise PermissionDenied("This is out of your reach.")
    mine = Export.objects.filter(asked_by=by)
    own = mine.filter(state__in=WAITING)
    if same := own.filter(retrospective=retrospective, number=number).first():
        return same
    of_version = mine.filter(retrospective=retrospective, number=number, state=FileState.READY)
    if number is not None and (made := of_version.first()):
        return made
    if own.count() >= WAITING_AT_ONCE:
        raise ValidationError("Some of your PDFs are still being made. Wait for them first.")
    export = Export.objects.create(retrospective=retrospective, number=number, asked_by=by)
    transaction.on_commit(partial(ring_worker, MAKE))
    return export


def make_next_export() -> bool:
    """Make the oldest that waits; False when none does. Two workers never make the same one."""
    return make_next(Export, _make, "retrospective")


def _make(export: Export) -> tuple[str, bytes]:
    copy = copy_of(export.retrospective, export.number)
    if copy is None:
        raise RuntimeError("There is no such version.")
    return f"{copy.name}.pdf", make_pdf(as_html(copy, is_for_pdf=True))
