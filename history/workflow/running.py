"""An import, from the file to its end: begun, read, confirmed, carried on by whichever worker is there."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from audit import context
from audit.workflow import INSTALLATION, record_audit
from history.entry import BrokenFile, Own, Past, PastMaintenance, Refused
from history.external_references import born_here, of_document
from history.formats import FORMATS, RANKS
from history.models import Import, ImportedEntry, ImportState, RefusedEntry
from history.rows import INCIDENT
from history.workflow.checking import look_through
from history.workflow.file_reader import Read, entries
from history.workflow.maintenances import write_maintenances
from history.workflow.restoring import restore
from history.workflow.writing import Desk, refusal_of, write_pasts
from incidents.models import Severity
from notifications.workflow import wake_worker
from statuspages.models import StatusPage

CARRY_ON = "history.tasks.carry_on_imports"
LEASE = timedelta(seconds=60)
COUNTS = ["place", "created_count", "maintenance_count", "other_count", "known_count", "refused_count"]
BATCH = 100  # incidents in one transaction: others who declare wait for its end


def _administrators_only(by: User | None) -> None:
    """None is the command line."""
    if by is not None and not by.is_administrator:
        raise PermissionDenied("Only administrators can import history.")


class LostLease(Exception):  # noqa: N818 - somebody else carries on
    pass


@transaction.atomic
def start_import(
    *,
    by: User | None,
    format: str,
    name: str,
    size: int,
    file: "File[bytes] | None" = None,
    source: str = "",
    zone: str = "",
    date_order: str = "",
    columns: dict[str, str] | None = None,
    severities: dict[str, int] | None = None,
    is_public: bool = False,
    ends_open: bool = False,
    page: StatusPage | None = None,
) -> Import:
    """Note the file; a worker reads it through, and nothing of it is stored before `confirm_import`.

    `by` None is the command line, which carries the import on itself.
    """
    _administrators_only(by)
    if format not in FORMATS:
        raise ValidationError({"format": "Choose one of the formats."})
    run = Import(
        format=format,
        name=name[:200],
        size=size,
        source=(source or format)[:40],
        zone=zone,
        date_order=date_order,
        columns=columns or {},
        severities=severities if severities is not None else usual_severities(),
        is_public=is_public,
        ends_open=ends_open,
        page=page,
        by=by,
    )
    if file is not None:
        run.file.save(f"{uuid.uuid4()}", file, save=False)
    run.save(force_insert=True)
    _record(run, "import.begun", by)
    wake_worker(CARRY_ON)
    return run


def usual_severities() -> dict[str, int]:
    """The file's word → the severity of the rank that usually stands for it; its own names stand for themselves."""
    by_rank = {severity.rank: severity for severity in Severity.objects.all()}
    usual = {word: by_rank[rank].pk for word, rank in RANKS.items() if rank in by_rank}
    return usual | {severity.name.lower(): severity.pk for severity in by_rank.values()}


@transaction.atomic
def confirm_import(
    *,
    run: Import,
    by: User | None,
    severities: dict[str, int] | None = None,
    is_public: bool = False,
    ends_open: bool = False,
    page: StatusPage | None = None,
) -> Import:
    """What was read is what is wanted: bring it in."""
    _administrators_only(by)
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.state != ImportState.READY:
        raise ValidationError(f"This import is {run.get_state_display().lower()}.")
    run.severities |= severities or {}
    missing = [word for word in run.summary.get("degrees", {}) if word not in run.severities]
    if missing:
        raise ValidationError(f"Choose a severity for “{missing[0]}”.")
    run.is_public, run.ends_open, run.page = is_public, ends_open, page
    run.state = ImportState.RUNNING
    run.save()
    _record(run, "import.confirmed", by)
    wake_worker(CARRY_ON)
    return run


@transaction.atomic
def read_import_again(
    *, run: Import, by: User, columns: dict[str, str], zone: str, date_order: str = ""
) -> Import:
    """With other columns, another date format or another zone for times that name none."""
    _administrators_only(by)
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.format != "csv":
        raise ValidationError("Only a table is read by columns.")
    if run.state not in (ImportState.READY, ImportState.BROKEN):
        raise ValidationError(f"This import is {run.get_state_display().lower()}.")
    run.columns, run.zone, run.date_order = columns, zone, date_order
    run.state, run.problem = ImportState.CHECKING, ""
    run.save()
    _record(run, "import.read_again", by)
    wake_worker(CARRY_ON)
    return run


@transaction.atomic
def drop_import(*, run: Import, by: User | None) -> Import:
    """Before it has begun: forget the file. What a running import has brought in stays where it is."""
    _administrators_only(by)
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.state in (ImportState.DONE, ImportState.DROPPED):
        raise ValidationError(f"This import is {run.get_state_display().lower()}.")
    run.state, run.finished_at, run.token = ImportState.DROPPED, timezone.now(), uuid.uuid4()
    run.save()
    transaction.on_commit(partial(_forget_file, run))
    _record(run, "import.dropped", by)
    return run


@transaction.atomic
def claim_import() -> Import | None:
    """One that nobody works on, under a lease; whoever had it before and wakes up again finds another token."""
    run = Import.objects.to_carry_on().order_by("pk").first()
    if run is not None:
        run.token = uuid.uuid4()
        Import.objects.filter(pk=run.pk).update(token=run.token, lease_until=Now() + LEASE)
    return run


def carry_on(run: Import, stream: BinaryIO | None = None) -> Import:
    """Read it, or bring in what is left of it. A killed worker leaves off between two batches, never within one.

    Raises LostLease where somebody else has taken it over.
    """
    with context.coming_from(f"import {run.pk}"):
        try:
            with _opened(run, stream) as file:
                if run.state == ImportState.CHECKING:
                    _read_through(run, file)
                elif run.state == ImportState.RUNNING:
                    _bring_in(run, file)
        except BrokenFile as broken:
            _break(run, str(broken))
    return run


@contextmanager
def _opened(run: Import, stream: BinaryIO | None) -> Iterator[BinaryIO]:
    if stream is not None:
        stream.seek(0)
        yield stream
        return
    path = Path(run.file.path)
    if not path.is_file():
        raise BrokenFile("The file no longer exists. Upload it again.")
    with path.open("rb") as file:
        yield file


def _read_through(run: Import, stream: BinaryIO) -> None:
    found = look_through(run, stream, sign=lambda count: _hold(run))
    with transaction.atomic():
        run.refused.all().delete()
        RefusedEntry.objects.bulk_create(found.refused, batch_size=5000)
        _hold(
            run,
            state=ImportState.READY,
            summary=found.as_json(),
            refused_count=found.refused_count,
            place=0,
            lease_until=None,
        )


def _bring_in(run: Import, stream: BinaryIO) -> None:
    desk = Desk(run)
    clashing = set(run.summary.get("clashing", []))
    left = (
        read
        for read in entries(run, stream)
        if read.place > run.place and read.entry is not None and read.source_id not in clashing
    )
    for batch in batched(left, BATCH):
        try:
            with transaction.atomic():
                _write(desk, batch)
        except (IntegrityError, DataError, Refused):
            desk = _begin_again(run)
            for read in batch:
                desk = _write_alone(desk, read)
    with transaction.atomic():
        _link_merged(run)
        if run.is_public or run.maintenance_count or run.other_count:
            StatusPage.objects.changed()
        _hold(run, state=ImportState.DONE, finished_at=timezone.now(), lease_until=None)
        _record(run, "import.done", run.by)
    _forget_file(run)


def _write_alone(desk: Desk, read: Read) -> Desk:
    """One entry in a transaction of its own; refused with the reason where it cannot be stored."""
    try:
        with transaction.atomic():
            _write(desk, [read])
    except (IntegrityError, DataError, Refused) as error:
        reason = str(error) if isinstance(error, Refused) else refusal_of(error)
        desk = _begin_again(desk.run)
        with transaction.atomic():
            RefusedEntry.objects.create(
                run=desk.run, place=read.place, source_id=read.source_id[:200], reason=reason[:500]
            )
            _hold(desk.run, place=read.place, refused_count=desk.run.refused_count + 1)
    return desk


def _begin_again(run: Import) -> Desk:
    """After a rollback: what was counted and looked up within it never was."""
    run.refresh_from_db(fields=COUNTS)
    return Desk(run)


def _write(desk: Desk, batch: Any) -> None:
    """In the caller's transaction: what is not here yet, and how far we are."""
    run = desk.run
    with (
        connection.cursor() as cursor
    ):  # two imports of one source: the second waits, and then knows the first's
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["import:" + run.source])
    ids = [read.source_id for read in batch]
    known = set(
        ImportedEntry.objects.filter(source=run.source, source_id__in=ids).values_list("source_id", flat=True)
    )
    fresh: dict[str, Read] = {}
    for read in batch:
        if read.source_id not in known and not _is_from_here(read):
            fresh.setdefault(read.source_id, read)
    new = list(fresh.values())
    created = maintenances = others = 0
    if pasts := [(read.place, read.entry) for read in new if isinstance(read.entry, Past)]:
        created += write_pasts(desk, pasts)
    if works := [(read.place, read.entry) for read in new if isinstance(read.entry, PastMaintenance)]:
        maintenances += write_maintenances(desk, works)
    for read in new:
        if isinstance(read.entry, Own):
            restore(desk, read.entry)
            is_incident = of_document(read.entry.document) is INCIDENT
            created, others = created + is_incident, others + (not is_incident)
    _hold(
        run,
        place=batch[-1].place,
        created_count=run.created_count + created,
        maintenance_count=run.maintenance_count + maintenances,
        other_count=run.other_count + others,
        known_count=run.known_count + len(batch) - len(new),
    )


def _is_from_here(read: Read) -> bool:
    """Exported here, and still here."""
    if not isinstance(read.entry, Own):
        return False
    whole = of_document(read.entry.document)
    return whole is not None and born_here(whole, read.source_id) is not None


def _link_merged(run: Import) -> None:
    """Those that wait for the one they were merged into, as soon as both are here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_incident AS merged SET merged_into_id = target.incident_id "
            "FROM history_importedentry AS waiting JOIN history_importedentry AS target "
            "ON target.source = waiting.source AND target.source_id = waiting.merged_into "
            "WHERE waiting.merged_into <> '' AND merged.id = waiting.incident_id AND merged.merged_into_id IS NULL "
            "AND target.incident_id IS NOT NULL AND waiting.source = %s",
            [run.source],
        )


def _hold(run: Import, **changes: Any) -> None:
    """Store how far it is, and keep the lease; LostLease where another token stands there by now."""
    values: dict[str, Any] = {"lease_until": Now() + LEASE} | changes
    if not Import.objects.filter(pk=run.pk, token=run.token).update(**values):
        raise LostLease
    if connection.in_atomic_block and changes:
        for name, value in changes.items():
            setattr(run, name, value)


def _break(run: Import, problem: str) -> None:
    with transaction.atomic():
        run.refused.all().delete()
        _hold(
            run,
            state=ImportState.BROKEN,
            problem=problem,
            finished_at=timezone.now(),
            lease_until=None,
        )
        _record(run, "import.broken", run.by)


def _forget_file(run: Import) -> None:
    if run.file:
        run.file.delete(save=False)
        Import.objects.filter(pk=run.pk).update(file="")


def forget_files() -> None:
    """Of what is over: whoever was killed before it forgot one does no harm."""
    over = Import.objects.filter(state__in=(ImportState.DONE, ImportState.DROPPED)).exclude(file="")
    for run in over.order_by("pk")[:100]:
        _forget_file(run)


def _record(run: Import, action: str, by: User | None) -> None:
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=run.name,
        by=by,
        changes={
            "format": run.format,
            "public": run.is_public,
            "incidents": run.created_count,
            "maintenances": run.maintenance_count,
            "others": run.other_count,
            "refused": run.refused_count,
            "problem": run.problem,
        },
    )
