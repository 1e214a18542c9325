"""PDFs: asked for by a person, made by a worker, kept for whoever may read it."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from core.requested_files import FileState, ask, make_next
from notifications.workflow import wake_worker
from retros.export import as_html, copy_of
from retros.models import Export, Retrospective
from retros.pdf import make_pdf

MAKE = "retros.tasks.make_waiting_exports"


@transaction.atomic
def ask_for_pdf(*, retrospective: Retrospective, by: User, number: int | None = None) -> Export:
    """Of the version `number`, or of the current version.

    One that is being made for the same person is taken again, and so is one of a version, which never changes.
    """
    everything = Retrospective.objects
    reachable = everything.visible_to(by) if number is None else everything.readable_by(by)
    if not reachable.filter(pk=retrospective.pk).exists():
        raise PermissionDenied("You can't see this.")
    what = {"retrospective": retrospective, "number": number}
    made = Export.objects.filter(asked_by=by, state=FileState.READY, **what).first()
    if made and number is not None:
        return made
    found, _is_new = ask(Export, partial(wake_worker, MAKE), by=by, **what)
    return found


def make_next_export() -> bool:
    """Make the oldest that waits; False when none does. Two workers never make the same one."""
    return make_next(Export, _make, "retrospective")


def _make(export: Export) -> tuple[str, bytes, str]:
    copy = copy_of(export.retrospective, export.number)
    if copy is None:
        raise RuntimeError("There is no such version.")
    return f"{copy.name}.pdf", *make_pdf(as_html(copy, is_for_pdf=True))
