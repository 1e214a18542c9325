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
WAITING_AT_ONCE = 5


@transaction.atomic
def ask_for_pdf(*, retrospective: Retrospective, by: Any, number: int | None = None) -> Export:
    """Of the version `number`, or of what stands now. One that is being made for the same person is taken again."""
    everything = Retrospective.objects
    reachable = everything.visible_to(by) if number is None else everything.readable_by(by)
    if not reachable.filter(pk=retrospective.pk).exists():
        raise PermissionDenied("This is out of your reach.")
    own = Export.objects.filter(asked_by=by, state__in=(ExportState.WAITING, ExportState.MAKING))
    if same := own.filter(retrospective=retrospective, number=number).first():
        return same
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


@transaction.atomic
def _claim() -> Export | None:
    now = timezone.now()
    lost = Q(state=ExportState.MAKING, started_at__lt=now - GIVEN_UP_AFTER)
    waiting = Export.objects.filter(Q(state=ExportState.WAITING) | lost).order_by("asked_at")
    export = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("retrospective").first()
    if export is None:
        return None
    if export.state == ExportState.MAKING and now - export.asked_at > LOST_AFTER:
        export.state, export.problem = ExportState.FAILED, "It could not be finished. Ask for it again."
        export.save(update_fields=["state", "problem"])
        return None
    export.state, export.started_at = ExportState.MAKING, now
    export.save(update_fields=["state", "started_at"])
    return export
