"""The one verb of the audit trail."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from audit import context
from audit.models import GENESIS, AuditChain, AuditEntry

if TYPE_CHECKING:
    from accounts.models import User

INSTALLATION = "installation"


def record_audit(
    *, chain: str, action: str, subject: str, by: "User | None", changes: dict | None = None
) -> AuditEntry:
    """Append one link to `chain`, in the caller's transaction; `by` is a user, or None for the system.

    Raises TransactionManagementError outside a transaction: a change and its record commit together.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "record_audit belongs into the transaction of the change"
        )
    sequence, last_hash = _lock_end_of(chain)
    entry = AuditEntry(
        chain=chain,
        sequence=sequence + 1,
        at=timezone.now(),
        actor=by,
        actor_label=str(by) if by else "Allclear",
        origin=context.origin(),
        action=action,
        subject=subject,
        changes=changes or {},
        previous_hash=last_hash,
    )
    entry.hash = entry.expected_hash()
    entry.save(force_insert=True)
    return entry


def record_many(*, chain: str, action: str, subjects: Iterable[tuple[str, dict]], by: "User | None") -> None:
    """Append one link of the same `action` for each (subject, changes) to `chain`: three statements in all.

    Raises TransactionManagementError outside a transaction: a change and its record commit together.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a change and its record commit together")
    sequence, last_hash = _lock_end_of(chain)
    entries, now = [], timezone.now()
    for place, (subject, changes) in enumerate(subjects, sequence + 1):
        entry = AuditEntry(
            chain=chain,
            sequence=place,
            at=now,
            actor=by,
            actor_label=str(by) if by else "Allclear",
            origin=context.origin(),
            action=action,
            subject=subject,
            changes=changes,
            previous_hash=last_hash,
        )
        entry.hash = last_hash = entry.expected_hash()
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)


def record_beginnings(*, action: str, beginnings: Iterable[tuple[str, str, dict]], by: "User | None") -> None:
    """The first link of many new chains, (chain, subject, changes) each, in the caller's transaction.

    Raises IntegrityError where one of the chains is there already.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a change and its record commit together")
    entries = [
        AuditEntry(
            chain=chain,
            sequence=1,
            at=timezone.now(),
            actor=by,
            actor_label=str(by) if by else "Allclear",
            origin=context.origin(),
            action=action,
            subject=subject,
            changes=changes,
            previous_hash=GENESIS,
        )
        for chain, subject, changes in beginnings
    ]
    for entry in entries:
        entry.hash = entry.expected_hash()
    AuditChain.objects.bulk_create(AuditChain(chain=entry.chain) for entry in entries)
    AuditEntry.objects.bulk_create(entries)


def _lock_end_of(chain: str) -> tuple[int, str]:
    """The sequence and hash of the last link; the chain stays locked to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditchain AS stored (chain, sequence, hash) VALUES (%s, 0, %s)"
            " ON CONFLICT (chain) DO UPDATE SET sequence = stored.sequence RETURNING sequence, hash",
            [chain, GENESIS],
        )
        return cursor.fetchone()
