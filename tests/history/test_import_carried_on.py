"""Is an import that was killed carried on, by one worker at a time, with nothing twice?"""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from history.models import Import, ImportState
from history.tasks import carry_on_imports
from history.workflow import (
    carry_on,
    claim_import,
    confirm_import,
    drop_import,
    read_import_again,
    start_import,
)
from history.workflow.running import LostLease
from incidents.models import Incident
from tests.history.conftest import line, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(written, admin, settings, tmp_path):
    """A file of 250 incidents, read and confirmed."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    long = [{"at": "2024-03-01T10:05:00Z", "status": "Update", "message": "x" * 3000}]
    content = Path(written([line(n, updates=long) for n in range(1, 251)])).read_bytes()
    begun = start_import(
        by=admin, format="jsonl", name="h.jsonl", size=len(content), file=ContentFile(content, name="h.jsonl")
    )
    carry_on_imports()
    begun.refresh_from_db()
    assert (begun.state, begun.total, Incident.objects.count()) == (ImportState.READY, 250, 0)
    return confirm_import(run=begun, by=admin)


class Killed(BaseException):
    pass


class DyingWorker:
    """A file that can be read for a while; then whoever reads it is no more."""

    def __init__(self, stream, reads: int) -> None:
        self.stream, self.reads = stream, reads

    def seek(self, place: int) -> None:
        self.stream.seek(place)

    def read(self, size: int) -> bytes:
        self.reads -= 1
        if self.reads < 0:
            raise Killed
        return self.stream.read(size)


def test_killed_within_a_batch_goes_on_after_the_one_before(run):
    with Path(run.file.path).open("rb") as stream, pytest.raises(Killed):
        carry_on(claim_import(), DyingWorker(stream, reads=9))
    stopped = Import.objects.get()
    assert (stopped.state, stopped.place, Incident.objects.count()) == (ImportState.RUNNING, 100, 100)
    carry_on_imports()
    assert Import.objects.get().place == 100, "the lease of the killed one still holds"
    Import.objects.update(lease_until=None)
    carry_on_imports()
    done = Import.objects.get()
    assert (done.state, done.created_count, done.known_count) == (ImportState.DONE, 250, 0)
    assert sorted(Incident.objects.values_list("number", flat=True)) == list(range(1, 251))
    assert not done.file


def test_whoever_lost_the_lease_writes_nothing_more(run):
    slow = claim_import()
    Import.objects.update(lease_until=None)
    assert claim_import().pk == slow.pk
    with pytest.raises(LostLease):
        carry_on(slow)
    assert Incident.objects.count() == 0


def test_nobody_else_takes_what_is_held(run):
    assert claim_import() is not None
    assert claim_import() is None


def test_dropped_file_brings_nothing_in(run, admin):
    drop_import(run=run, by=admin)
    carry_on_imports()
    assert Incident.objects.count() == 0
    assert not Import.objects.get().file


def test_nobody_is_told(run, commander):
    before = stored()
    carry_on_imports()
    now = stored()
    assert now["Incident"] == before["Incident"] + 250
    assert (now["OutboxMessage"], now["Delivery"], now["Notice"]) == (
        before["OutboxMessage"], before["Delivery"], before["Notice"],
    )  # fmt: skip


def test_a_file_that_is_gone_is_told_and_tried_no_more(run):
    Path(run.file.path).unlink()
    carry_on_imports()
    run.refresh_from_db()
    assert run.state == ImportState.BROKEN
    assert "no longer exists" in run.problem


def test_files_of_what_is_over_are_forgotten(run):
    path = Path(run.file.path)
    Import.objects.update(state=ImportState.DONE, lease_until=None)
    carry_on_imports()
    assert not path.exists()
    assert Import.objects.get().file == ""


def test_only_administrators(run, commander):
    for verb, more in (
        (confirm_import, {}),
        (drop_import, {}),
        (read_import_again, {"columns": {}, "zone": ""}),
    ):
        with pytest.raises(PermissionDenied):
            verb(run=run, by=commander, **more)
    run.refresh_from_db()
    assert run.state == ImportState.RUNNING
