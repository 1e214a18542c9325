"""PDFs: asked for by a person, made by a worker, kept for whoever may read it."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from notifications.workflow import ring_worker
from retros.export import as_html, copy_of
from retros.models import Export, ExportState, Retrospective
from retros.pdf import make_pdf

MAKE = "retros.tasks.make_waiting_exports"
GIVEN_UP_AFTER = timedelta(minutes=5)  # a worker that was killed holds nothing up longer
LOST_AFTER = timedelta(minutes=20)  # what stops a worker each time is not tried for ever
KEPT = timedelta(days=7)
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
    own = mine.filter(state__in=(ExportState.WAITING, ExportState.MAKING))
    if same := own.filter(retrospective=retrospective, number=number).first():
        return same
    of_version = mine.filter(retrospective=retrospective, number=number, state=ExportState.READY)
    if number is not None and (made := of_version.first()):
        return made
    if own.count() >= WAITING_AT_ONCE:
        raise ValidationError("Some of your PDFs are still being made. Wait for them first.")
    export = Export.objects.create(retrospective=retrospective, number=number, asked_by=by)
    transaction.on_commit(partial(ring_worker, MAKE))
    return export


def make_next_export() -> bool:
    """Make the oldest that waits; False when none does. Two workers never make the same one."""
    export = _claim()
    if export is None:
        return False
    copy = copy_of(export.retrospective, export.number)
    try:
        if copy is None:
            raise RuntimeError("There is no such version.")
        pdf = make_pdf(as_html(copy, is_for_pdf=True))
    except RuntimeError as trouble:
        export.state, export.problem = ExportState.FAILED, str(trouble)[:300]
        export.save(update_fields=["state", "problem"])
        return True
    export.file.save(f"{copy.name}.pdf", ContentFile(pdf), save=False)
    export.state, export.ready_at = ExportState.READY, timezone.now()
    export.save(update_fields=["file", "state", "ready_at"])
    return True


def forget_old_exports() -> None:
    """Files that were fetched long ago, or never: whoever wants one again asks again."""
    for export in Export.objects.filter(asked_at__lt=timezone.now() - KEPT).order_by("pk")[:100]:
        export.file.delete(save=False)
        export.delete()


@transaction.atomic
def _claim() -> Export | None:
    now = timezone.now()
    lost = Q(state=ExportState.MAKING, started_at__lt=now - GIVEN_UP_AFTER)
    Export.objects.filter(lost, asked_at__lt=now - LOST_AFTER).update(
        state=ExportState.FAILED, problem="It could not be finished. Ask for it again."
    )
    waiting = Export.objects.filter(Q(state=ExportState.WAITING) | lost).order_by("asked_at")
    export = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("retrospective").first()
    if export is None:
        return None
    export.state, export.started_at = ExportState.MAKING, now
    export.save(update_fields=["state", "started_at"])
    return export
