"""An export asked for by a person: written by a worker, kept for a day, for them alone."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from core.requested_files import FileState, ask, claim
from history.access import Access
from history.models import Export
from history.source import LONGEST_ENTRY
from history.workflow.export_writer import count_of, everything, told_too_long
from notifications.workflow import wake_worker

MAKE = "history.tasks.make_waiting_exports"
EVERY = timedelta(seconds=1)  # between two signs of how far it is


class Taken(Exception):  # noqa: N818 - somebody else writes it
    pass


@transaction.atomic
def ask_for_export(*, by: User, has_files: bool = True) -> Export:
    """Everything `by` may see. One that is being written for the same person is taken again."""
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can export everything.")
    export, is_new = ask(Export, partial(wake_worker, MAKE), by=by, has_files=has_files)
    if is_new:
        changes = {"files": has_files}
        record_audit(chain=INSTALLATION, action="export.asked", subject=str(export), by=by, changes=changes)
    return export


def make_next_export() -> bool:
    """Write the oldest that waits; False when none does. One that was left by a killed worker is begun anew."""
    export = claim(Export, "asked_by")
    if export is None:
        return False
    if not (export.asked_by.is_active and export.asked_by.is_administrator):
        export.fail("Only administrators can export everything.")
        return True
    with suppress(Taken):
        _write(export)
    return True


def forget_leftovers() -> None:
    """What a killed worker had begun to write."""
    day_ago = (timezone.now() - Export.KEPT).timestamp()
    for path in (Path(settings.MEDIA_ROOT) / "exports").glob("*.part"):
        if path.stat().st_mtime < day_ago:
            path.unlink(missing_ok=True)


def _write(export: Export) -> None:
    """Into a file beside, which becomes the export's own once it is whole."""
    access = Access(export.asked_by)
    mark = export.started_at
    total, done, too_long, told_at = count_of(access), 0, 0, timezone.now()
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w+", encoding="utf-8", dir=folder, suffix=".part") as file:
        for line in everything(access, with_files=export.has_files):
            file.write(line)
            done += 1
            too_long += len(line) > LONGEST_ENTRY
            if timezone.now() - told_at > EVERY:
                mark = _tell(export, mark, total, done)
                told_at = timezone.now()
        file.flush()
        _tell(export, mark, total, done)
        file.seek(0)
        name = f"allclear-{timezone.localdate()}.jsonl"
        export.refresh_from_db()
        size = Path(file.name).stat().st_size
        problem = told_too_long(too_long)
        export.keep(File(file.buffer), name, size=size, done_count=done, total=done, problem=problem)


def _tell(export: Export, mark: Any, total: int, done: int) -> Any:
    """How far it is, which is a sign of life too; Taken where somebody else has begun it meanwhile."""
    now = timezone.now()
    mine = Export.objects.filter(pk=export.pk, state=FileState.MAKING, started_at=mark)
    if not mine.update(started_at=now, total=max(total, done), done_count=done):
        raise Taken
    return now
